import { fingerprint } from './fingerprint';

describe('fingerprint', () => {
  it('does not depend on the order of keys or on absent fields', () => {
    const at = new Date('2026-01-02T03:04:05.000Z');

    expect(fingerprint({ b: [{ y: 1, x: null }], a: at, c: undefined })).toBe(
      fingerprint({ a: '2026-01-02T03:04:05.000Z', b: [{ x: null, y: 1 }] }),
    );
  });

  it.each([
    [{ a: 1 }, { a: '1' }],
    [{ a: [1, 2] }, { a: [2, 1] }],
    [{ a: null }, {}],
    [{ a: { b: 1 } }, { a: 1, b: 1 }],
  ])('tells %j from %j', (left, right) => {
    expect(fingerprint(left)).not.toBe(fingerprint(right));
  });

  it('is 64 lowercase hexadecimal digits', () => {
    expect(fingerprint('')).toMatch(/^[0-9a-f]{64}$/);
  });
});
