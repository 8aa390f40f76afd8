import { createCipheriv } from 'node:crypto';
import { isAppError } from '@daikaifa/kernel';
import fc from 'fast-check';
import { createKeyRing, keyRingFaults } from './key-ring';

const key = (byte: number): string => Buffer.alloc(32, byte).toString('base64');
const ring = createKeyRing(`new:${key(2)},old:${key(1)}`);
const oldRing = createKeyRing(`old:${key(1)}`);

const reason = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    return isAppError(error) ? error.details['reason'] : error;
  }
};

describe('key ring', () => {
  it('opens what it sealed, for any text and place', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (plaintext, aad) => {
        expect(ring.open(ring.seal(plaintext, aad), aad)).toBe(plaintext);
      }),
    );
  });

  it('seals with the first key, names it, and never twice alike', () => {
    const [first, second] = [ring.seal('secret', 'a'), ring.seal('secret', 'a')];

    expect(ring.currentKeyId).toBe('new');
    expect(first).toMatch(/^new\.[\w-]{16}\.[\w-]{22}\.[\w-]{8}$/);
    expect(first).not.toBe(second);
    expect(first).not.toContain('secret');
  });

  it('opens what plain AES-256-GCM made', () => {
    const iv = Buffer.alloc(12, 7);
    const cipher = createCipheriv('aes-256-gcm', Buffer.alloc(32, 1), iv).setAAD(Buffer.from('授权:secret'));
    const ciphertext = Buffer.concat([cipher.update('永久授权码'), cipher.final()]);
    const sealed = [
      'old',
      iv.toString('base64url'),
      cipher.getAuthTag().toString('base64url'),
      ciphertext.toString('base64url'),
    ].join('.');

    expect(ring.open(sealed, '授权:secret')).toBe('永久授权码');
  });

  it('opens what an older key sealed, and says that it is due for sealing again', () => {
    const sealed = oldRing.seal('secret', 'a');

    expect(ring.open(sealed, 'a')).toBe('secret');
    expect(ring.needsReseal(sealed)).toBe(true);
    expect(ring.needsReseal(ring.seal('secret', 'a'))).toBe(false);
  });

  it('refuses another place, another key and an unknown key', () => {
    const sealed = ring.seal('secret', 'document-1:secret');

    expect(reason(() => ring.open(sealed, 'document-2:secret'))).toBe('SEAL_BROKEN');
    expect(reason(() => ring.open(sealed.replace(/^new/, 'old'), 'document-1:secret'))).toBe('SEAL_BROKEN');
    expect(reason(() => oldRing.open(sealed, 'document-1:secret'))).toBe('SEAL_KEY_UNKNOWN');
  });

  it('refuses a change of any part', () => {
    const parts = ring.seal('secret', 'a').split('.');
    for (const index of [1, 2, 3]) {
      const changed = parts.map((part, at) =>
        at === index ? (part.startsWith('A') ? 'B' : 'A') + part.slice(1) : part,
      );
      expect(reason(() => ring.open(changed.join('.'), 'a'))).toBe('SEAL_BROKEN');
    }
  });

  it.each([
    '',
    'new',
    'new.a.b.c',
    'plain text',
    `new.${'A'.repeat(16)}.${'A'.repeat(6)}.AAAA`,
    `new.${'A'.repeat(16)}.${'A'.repeat(22)}`,
  ])('refuses what is not sealed at all: %j', (sealed) => {
    expect(reason(() => ring.open(sealed, 'a'))).toBe('SEAL_MALFORMED');
    expect(reason(() => ring.needsReseal(sealed))).toBe('SEAL_MALFORMED');
  });

  it('reports every fault of its setting, and no key material', () => {
    const short = Buffer.alloc(16, 3).toString('base64');
    // Node would read it as the 32 bytes of key 6.
    const loose = key(6).replace('BgYG', 'Bg!YG');
    const spec = `good:${key(1)},good:${key(2)},bad id:${key(3)},short:${short},no-colon,text:not base64!,twin:${key(1)},:${key(5)},loose:${loose}`;

    expect(keyRingFaults(spec).map(({ field, code }) => [field, code])).toEqual([
      ['keys.1', 'KEY_ID_TWICE'],
      ['keys.2', 'KEY_ID'],
      ['keys.3', 'KEY_BYTES'],
      ['keys.4', 'KEY_FORM'],
      ['keys.5', 'KEY_BYTES'],
      ['keys.6', 'KEY_TWICE'],
      ['keys.7', 'KEY_ID'],
      ['keys.8', 'KEY_BYTES'],
    ]);
    expect(() => createKeyRing(spec)).toThrow(/8 rule/);
    expect(JSON.stringify(keyRingFaults(spec))).not.toContain(short);
    expect(keyRingFaults('').map(({ code }) => code)).toEqual(['KEY_FORM']);
    expect(keyRingFaults(`a:${key(1)}, b:${key(2)}`)).toEqual([]);
  });
});
