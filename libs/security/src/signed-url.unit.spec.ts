import { isAppError } from '@daikaifa/kernel';
import { signUrl, verifySignedUrl } from './signed-url';

const secret = 'signing-secret-of-the-unit-specs-0000';
const expiresAt = new Date('2026-03-01T12:10:00Z');
const at = (time: string): { now(): Date } => ({ now: () => new Date(time) });
const clock = at('2026-03-01T12:00:00Z');

const parts = {
  method: 'PUT',
  path: '/blobs',
  terms: { tenant: 'p&1', maxBytes: '1048576', contentTypes: 'image/png,image/jpeg' },
} as const;

const reason = (request: { method: string; url: string }, by = clock, withSecret = secret): unknown => {
  try {
    verifySignedUrl(request, withSecret, by);
    return 'accepted';
  } catch (error) {
    return isAppError(error) && error.code === 'FORBIDDEN' ? error.details['reason'] : error;
  }
};

describe('signed URL', () => {
  it('gives back its terms and its end', () => {
    expect(verifySignedUrl({ method: 'PUT', url: signUrl(parts, secret, expiresAt) }, secret, clock)).toEqual({
      expiresAt,
      terms: parts.terms,
    });
  });

  it('ends at its time', () => {
    const url = signUrl(parts, secret, expiresAt);

    expect(reason({ method: 'PUT', url }, at('2026-03-01T12:09:59Z'))).toBe('accepted');
    expect(reason({ method: 'PUT', url }, at('2026-03-01T12:10:00Z'))).toBe('LINK_EXPIRED');
  });

  it('survives that a client orders or encodes the query in its own way', () => {
    const [path, query] = signUrl(parts, secret, expiresAt).split('?');
    const reordered = query!.split('&').reverse().join('&').replace('image%2Fpng', 'image/png');

    expect(reason({ method: 'PUT', url: `${path}?${reordered}` })).toBe('accepted');
  });

  it.each<readonly [string, (url: string) => { method: string; url: string }]>([
    ['method', (url) => ({ method: 'GET', url })],
    ['path', (url) => ({ method: 'PUT', url: url.replace('/blobs', '/other') })],
    ['limit', (url) => ({ method: 'PUT', url: url.replace('1048576', '9048576') })],
    ['tenant', (url) => ({ method: 'PUT', url: url.replace('p%261', 'p2') })],
    ['expiry', (url) => ({ method: 'PUT', url: url.replace(/expires=\d+/, 'expires=9999999999') })],
    ['expiry in another form', (url) => ({ method: 'PUT', url: url.replace(/expires=(\d+)/, 'expires=$1.0') })],
    ['missing term', (url) => ({ method: 'PUT', url: url.replace('maxBytes=1048576&', '') })],
    ['added term', (url) => ({ method: 'PUT', url: `${url}&purpose=other` })],
    ['term given twice', (url) => ({ method: 'PUT', url: `${url}&tenant=p%261` })],
    ['expiry given twice', (url) => ({ method: 'PUT', url: url.replace('expires=', 'expires=9999999999&expires=') })],
    ['missing signature', (url) => ({ method: 'PUT', url: url.replace(/&signature=.*/, '') })],
    ['cut signature', (url) => ({ method: 'PUT', url: url.slice(0, -2) })],
    ['missing query', () => ({ method: 'PUT', url: '/blobs' })],
  ])('refuses a change: %s', (_name, change) => {
    expect(reason(change(signUrl(parts, secret, expiresAt)))).toBe('LINK_SIGNATURE');
  });

  it('refuses another secret', () => {
    expect(reason({ method: 'PUT', url: signUrl(parts, secret, expiresAt) }, clock, `${secret}-other`)).toBe(
      'LINK_SIGNATURE',
    );
  });

  it('keeps its own names for itself', () => {
    expect(() => signUrl({ ...parts, terms: { expires: '1' } }, secret, expiresAt)).toThrow(/names of the signature/);
  });
});
