import { createHash } from 'node:crypto';

declare const brand: unique symbol;

/** A string that cannot be mixed up with another kind of string. */
export type Brand<Name extends string> = string & { readonly [brand]?: Name };

export type PublisherId = Brand<'PublisherId'>;
export type TemplateId = Brand<'TemplateId'>;
export type EndpointId = Brand<'EndpointId'>;
export type ReviewTicketId = Brand<'ReviewTicketId'>;
export type ReviewItemId = Brand<'ReviewItemId'>;
export type AuthorizationId = Brand<'AuthorizationId'>;

const asUuid = (bytes: Uint8Array, version: 7 | 8): string => {
  const marked = Uint8Array.from(bytes.subarray(0, 16));
  marked[6] = (marked[6]! & 0x0f) | (version << 4);
  marked[8] = (marked[8]! & 0x3f) | 0x80;
  const hex = Buffer.from(marked).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
};

/** UUIDv7 (RFC 9562): ids made later sort later, so that `_id` order is creation order. */
export const newId = (nowMs: number = Date.now()): string => {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  let rest = nowMs;
  for (let index = 5; index >= 0; index -= 1) {
    bytes[index] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  return asUuid(bytes, 7);
};

/** UUIDv8 of a SHA-256 digest. */
export const idOfDigest = (sha256: Uint8Array): string => asUuid(sha256, 8);

/** UUIDv8 of what something is made of: the same parts give the same id in every process, so making it twice makes one. */
export const derivedId = (...parts: readonly string[]): string =>
  // JSON keeps the parts apart: no two lists of parts give the same bytes.
  idOfDigest(createHash('sha256').update(JSON.stringify(parts)).digest());

/** The app of a corp: one per authorization and epoch, so whoever hears of the epoch knows its id. */
export const corpAppIdOf = (authorizationId: string, epoch: number): string =>
  derivedId('corp-app', authorizationId, String(epoch));
