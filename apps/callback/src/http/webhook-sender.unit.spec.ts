import { createKeyRing } from '@daikaifa/security';
import { testKeyRingSpec } from '@daikaifa/testing';
import { createWebhookSecrets, signWebhook } from './webhook-secrets';
import { retryAfterMs, snippetOf } from './webhook-sender';

const now = new Date('2026-03-02T09:00:00.000Z');

it('signs as the example of the specification does', () => {
  const parts = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', timestamp: '1614265330', body: '{"test": 2432232314}' };
  expect(signWebhook('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', parts)).toBe(
    'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  );
});

it('seals a secret for its destination only', () => {
  const secrets = createWebhookSecrets(createKeyRing(testKeyRingSpec));
  const { sealed, secret } = secrets.issue('d1', 's1', now);
  expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  expect(secrets.open('d1', sealed)).toBe(secret);
  expect(() => secrets.open('d2', sealed)).toThrow();
});

it.each([
  ['plain', 'down for\n  maintenance\u0000', 'down for maintenance'],
  ['empty', '  ', null],
  ['a secret', 'key whsec_c2VjcmV0 and Bearer abc.def', 'key [masked] and [masked]'],
  ['a signature', 'bad v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN=', 'bad [masked]'],
  ['half a secret at the end', `${'a '.repeat(110)}${'k'.repeat(60)}`, `${'a '.repeat(110)}[masked]`],
  ['too much', 'ab '.repeat(200), 'ab '.repeat(200).slice(0, 256)],
])('keeps of an answer: %s', (_name, body, kept) => {
  expect(snippetOf(Buffer.from(body))).toBe(kept);
});

it.each([
  ['120', 120_000],
  ['Mon, 02 Mar 2026 09:01:00 GMT', 60_000],
  ['Mon, 02 Mar 2026 08:00:00 GMT', null],
  ['0', null],
  ['soon', null],
  [undefined, null],
])('reads Retry-After %s', (header, ms) => {
  expect(retryAfterMs(header, now)).toBe(ms);
});
