import { derivedId, newId } from './ids';

describe('newId', () => {
  it('is a UUID of version 7', () => {
    expect(newId()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('sorts by the time at which it was made', () => {
    const times = [0, 1, 255, 256, 2 ** 40, 1_700_000_000_000, 1_700_000_000_001];

    const ids = times.map((ms) => newId(ms));

    expect(ids.toSorted()).toEqual(ids);
  });

  it('differs each time', () => {
    expect(new Set(Array.from({ length: 1000 }, () => newId(5))).size).toBe(1000);
  });
});

describe('derivedId', () => {
  it('is a UUID of version 8, the same for the same parts', () => {
    expect(derivedId('endpoint', 't1')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(derivedId('endpoint', 't1')).toBe(derivedId('endpoint', 't1'));
  });

  it('keeps the parts apart', () => {
    expect(derivedId('a', 'bc')).not.toBe(derivedId('ab', 'c'));
    expect(derivedId('a', 'b', 'c')).not.toBe(derivedId('a', 'b'));
  });
});
