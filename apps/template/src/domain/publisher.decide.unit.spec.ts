import { changeServiceProvider, registerServiceProvider } from './publisher.decide';

const now = new Date('2026-03-02T09:00:00.000Z');
const command = {
  id: 'p1',
  corpId: 'ww0123456789abcdef',
  name: '云帆科技',
  ipWhitelist: ['203.0.113.7', '203.0.113.*'],
  testCorps: [{ corpId: 'ww0000000000000001', name: '测试一号' }],
  review: {},
};

const register = (changes: Partial<typeof command> = {}) => registerServiceProvider({ ...command, ...changes }, now);
const faults = (result: ReturnType<typeof register>) =>
  result.ok ? [] : (result.error.violations ?? []).map(({ field, code }) => [field, code]);

describe('registering a service provider', () => {
  it('makes an active publisher that is its own tenant, with four-eyes review by the platform', () => {
    expect(register()).toMatchObject({
      ok: true,
      value: {
        next: {
          id: 'p1',
          publisherId: 'p1',
          status: 'ACTIVE',
          review: { verdictSource: 'PLATFORM', fourEyes: true, dueHours: 48, dueWorkingDays: null },
        },
        facts: [{ type: 'template.publisher.registered' }],
        warnings: [],
      },
    });
  });

  it('reports all faults at once', () => {
    const result = register({
      corpId: 'abc',
      name: ' ',
      ipWhitelist: ['1.2.3.4', '300.1.1.1'],
      testCorps: [
        { corpId: 'x', name: 'A' },
        { corpId: 'wwsame01', name: 'B' },
        { corpId: 'wwsame01', name: '' },
      ],
      review: { dueHours: 0, dueWorkingDays: 31 },
    });
    expect(faults(result)).toEqual([
      ['corpId', 'CORP_ID_FORMAT'],
      ['name', 'NAME_LENGTH'],
      ['ipWhitelist.1', 'IP_FORMAT'],
      ['testCorps.0.corpId', 'CORP_ID_FORMAT'],
      ['testCorps.2.corpId', 'CORP_REPEATED'],
      ['testCorps.2.name', 'NAME_LENGTH'],
      ['review.dueHours', 'DUE_HOURS'],
      ['review.dueWorkingDays', 'DUE_WORKING_DAYS'],
    ]);
  });

  it.each([
    [30, []],
    [31, [['testCorps', 'TEST_CORPS_TOO_MANY']]],
  ])('with %d test corps', (count, expected) => {
    const testCorps = Array.from({ length: count }, (_, index) => ({ corpId: `wwtest${index}00`, name: `T${index}` }));
    expect(faults(register({ testCorps }))).toEqual(expected);
  });

  it('accepts a CIDR entry with a warning', () => {
    expect(register({ ipWhitelist: ['203.0.113.0/24'] })).toMatchObject({
      ok: true,
      value: { warnings: [{ code: 'IP_UNCONFIRMED', severity: 'WARNING' }] },
    });
  });
});

describe('changing a service provider', () => {
  const registered = register();
  const publisher = registered.ok ? registered.value.next : null;

  it('keeps what is left out', () => {
    const result = changeServiceProvider(publisher!, { name: '新名', review: { fourEyes: false } }, now);
    expect(result).toMatchObject({
      value: {
        next: {
          name: '新名',
          corpId: command.corpId,
          ipWhitelist: command.ipWhitelist,
          review: { verdictSource: 'PLATFORM', fourEyes: false, dueHours: 48, dueWorkingDays: null },
        },
        facts: [{ type: 'template.publisher.changed' }],
      },
    });
  });

  it('applies the same rules', () => {
    expect(faults(changeServiceProvider(publisher!, { ipWhitelist: ['x'] }, now))).toEqual([
      ['ipWhitelist.0', 'IP_FORMAT'],
    ]);
  });
});
