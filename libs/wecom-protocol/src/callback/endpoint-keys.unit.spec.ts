import { endpointKeyViolations, generateEncodingAesKey, generateToken } from './endpoint-keys';

const token = 'QDG6eK';
const encodingAesKey = 'jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C';

const codesOf = (keys: { token: string; encodingAesKey: string }) =>
  endpointKeyViolations(keys).map((violation) => `${violation.field} ${violation.code}`);

describe('keys of an endpoint', () => {
  it('accepts the published sample, whose last character has spare bits', () => {
    expect(codesOf({ token, encodingAesKey })).toEqual([]);
  });

  it.each([
    ['an empty token', { token: '' }, ['token TOKEN_LENGTH']],
    ['a token of 33 characters', { token: 'a'.repeat(33) }, ['token TOKEN_LENGTH']],
    ['a token with a dash', { token: 'a-b' }, ['token TOKEN_CHARACTERS']],
    ['a key of 42 characters', { encodingAesKey: encodingAesKey.slice(1) }, ['encodingAesKey ENCODING_AES_KEY_LENGTH']],
    ['a key of 44 characters', { encodingAesKey: `${encodingAesKey}A` }, ['encodingAesKey ENCODING_AES_KEY_LENGTH']],
    [
      'a key with a base64 sign',
      { encodingAesKey: `+${encodingAesKey.slice(1)}` },
      ['encodingAesKey ENCODING_AES_KEY_CHARACTERS'],
    ],
  ])('refuses %s', (_name, change, expected) => {
    expect(codesOf({ token, encodingAesKey, ...change })).toEqual(expected);
  });

  it('reports all faults at once, without the values', () => {
    const violations = endpointKeyViolations({ token: `${'t'.repeat(40)}!`, encodingAesKey: 'se/cret' });

    expect(violations.map((violation) => violation.code)).toEqual([
      'TOKEN_LENGTH',
      'TOKEN_CHARACTERS',
      'ENCODING_AES_KEY_LENGTH',
      'ENCODING_AES_KEY_CHARACTERS',
    ]);
    expect(JSON.stringify(violations)).not.toMatch(/ttt|se\/cret/);
  });

  it('generates keys that pass, differ, and decode to 32 bytes without spare bits', () => {
    const pairs = Array.from({ length: 200 }, () => ({
      token: generateToken(),
      encodingAesKey: generateEncodingAesKey(),
    }));

    for (const pair of pairs) {
      expect(endpointKeyViolations(pair)).toEqual([]);
      const key = Buffer.from(pair.encodingAesKey, 'base64');
      expect(key).toHaveLength(32);
      expect(key.toString('base64')).toBe(`${pair.encodingAesKey}=`);
    }
    expect(new Set(pairs.map((pair) => pair.token)).size).toBe(200);
    expect(new Set(pairs.map((pair) => pair.encodingAesKey)).size).toBe(200);
  });
});
