import { createHmac, timingSafeEqual } from 'node:crypto';
import { AppError, systemClock, text, type Clock } from '@daikaifa/kernel';
import { deriveKey } from './derived-key';

/** What a signed URL permits. Everything here is covered by the signature. */
export interface SignedUrlParts {
  readonly method: 'GET' | 'PUT';
  /** Path on the service, without query: `/blobs/…`. A prefix that a proxy strips does not belong here. */
  readonly path: string;
  /** Further terms (content hash, limits, tenant) as query parameters. */
  readonly terms?: Readonly<Record<string, string>>;
}

export interface VerifiedUrl {
  readonly expiresAt: Date;
  readonly terms: Readonly<Record<string, string>>;
}

const EXPIRES = 'expires';
const SIGNATURE = 'signature';
const RESERVED: readonly string[] = [EXPIRES, SIGNATURE];

const signatureOf = (
  parts: { readonly method: string; readonly path: string },
  expiresSec: string,
  terms: ReadonlyArray<readonly [string, string]>,
  secret: string,
): Buffer => {
  const sorted = [...terms].sort(([left], [right]) => (left < right ? -1 : 1));
  // JSON keeps the parts apart whatever characters they hold.
  const signed = JSON.stringify([parts.method, parts.path, expiresSec, sorted]);
  return createHmac('sha256', deriveKey(secret, 'signed-url')).update(signed, 'utf8').digest();
};

/**
 * @returns path and query; put the public address of the service before it
 * @throws Error when a term takes a reserved name
 */
export const signUrl = (parts: SignedUrlParts, secret: string, expiresAt: Date): string => {
  const terms = Object.entries(parts.terms ?? {});
  if (terms.some(([name]) => RESERVED.includes(name))) {
    throw new Error(`${RESERVED.join(' and ')} are names of the signature itself`);
  }
  const expires = String(Math.floor(expiresAt.getTime() / 1000));
  const signature = signatureOf(parts, expires, terms, secret).toString('base64url');
  const query = new URLSearchParams([...terms, [EXPIRES, expires], [SIGNATURE, signature]]);
  return `${parts.path}?${query.toString()}`;
};

const refused = (reason: 'LINK_SIGNATURE' | 'LINK_EXPIRED'): AppError =>
  new AppError(
    'FORBIDDEN',
    reason === 'LINK_EXPIRED'
      ? text('链接已过期，请重新获取', 'The link has expired: ask for a new one')
      : text('链接签名不正确', 'The signature of the link is wrong'),
    { details: { reason } },
  );

/**
 * @param request method and path with query, as they arrived
 * @throws AppError FORBIDDEN, `details.reason` LINK_SIGNATURE or LINK_EXPIRED
 */
export const verifySignedUrl = (
  request: { readonly method: string; readonly url: string },
  secret: string,
  clock: Clock = systemClock,
): VerifiedUrl => {
  const separator = request.url.indexOf('?');
  const path = separator < 0 ? request.url : request.url.slice(0, separator);
  const query = [...new URLSearchParams(separator < 0 ? '' : request.url.slice(separator + 1))];
  const given = new Map(query);
  const expires = given.get(EXPIRES) ?? '';
  const terms = query.filter(([name]) => !RESERVED.includes(name));
  const expected = signatureOf({ method: request.method, path }, expires, terms, secret);
  const actual = Buffer.from(given.get(SIGNATURE) ?? '', 'base64url');
  // A name given twice could be read differently by two readers.
  if (given.size !== query.length || actual.length !== expected.length || !timingSafeEqual(actual, expected)) {
    throw refused('LINK_SIGNATURE');
  }
  const expiresAt = new Date(Number(expires) * 1000);
  if (!(expiresAt.getTime() > clock.now().getTime())) {
    throw refused('LINK_EXPIRED');
  }
  return { expiresAt, terms: Object.fromEntries(terms) };
};
