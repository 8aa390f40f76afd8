import { deriveKey } from './derived-key';

const secret = 'a-secret-for-the-unit-specs-0123456789';

describe('deriveKey', () => {
  it('gives each purpose and each secret a key of its own, the same every time', () => {
    expect(deriveKey(secret, 'one').equals(deriveKey(secret, 'one'))).toBe(true);
    expect(deriveKey(secret, 'one').equals(deriveKey(secret, 'two'))).toBe(false);
    expect(deriveKey(secret, 'one').equals(deriveKey(`${secret}0`, 'one'))).toBe(false);
    expect(deriveKey(secret, 'one').export()).not.toEqual(Buffer.from(secret));
  });

  it('refuses a secret of fewer than 32 bytes', () => {
    expect(() => deriveKey('x'.repeat(31), 'one')).toThrow(/32 bytes/);
  });
});
