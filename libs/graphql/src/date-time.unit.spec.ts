import { parseValue } from 'graphql';
import { dateTimeScalar } from './date-time';

describe('DateTime', () => {
  it('sends an instant in UTC', () => {
    expect(dateTimeScalar.serialize(new Date('2026-03-02T17:00:00+08:00'))).toBe('2026-03-02T09:00:00.000Z');
    expect(dateTimeScalar.serialize('2026-03-02T17:00:00+08:00')).toBe('2026-03-02T09:00:00.000Z');
  });

  it('refuses to send what is no instant', () => {
    expect(() => dateTimeScalar.serialize(new Date('nonsense'))).toThrow(RangeError);
    expect(() => dateTimeScalar.serialize(1_772_442_000)).toThrow('ISO 8601');
  });

  it('takes an instant as a variable and in the document', () => {
    const instant = new Date('2026-03-02T09:00:00Z');
    expect(dateTimeScalar.parseValue('2026-03-02T17:00+08:00')).toEqual(instant);
    expect(dateTimeScalar.parseLiteral(parseValue('"2026-03-02T09:00:00Z"'))).toEqual(instant);
  });

  it.each([
    '2026-03-02', // a day
    '2026-03-02T09:00:00', // no zone: another moment on each machine
    '2026-13-02T09:00:00Z',
    1_772_442_000,
    null,
  ])('refuses %s', (value) => {
    expect(() => dateTimeScalar.parseValue(value)).toThrow('ISO 8601');
  });

  it('refuses a number in the document', () => {
    expect(() => dateTimeScalar.parseLiteral(parseValue('1772442000'))).toThrow('ISO 8601');
  });
});
