import { createHash } from 'node:crypto';

/** A UUIDv8 of what something is made of: the same parts, the same id, in every process. */
export const contentId = (...parts: readonly string[]): string => {
  // JSON keeps the parts apart: no two lists of parts give the same bytes.
  const digest = createHash('sha256').update(JSON.stringify(parts)).digest();
  digest[6] = (digest[6]! & 0x0f) | 0x80;
  digest[8] = (digest[8]! & 0x3f) | 0x80;
  const hex = digest.toString('hex', 0, 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
};

/** Unique by suite and code; the code itself goes in as its hash. */
export const exchangeIdOf = (suiteId: string, authCode: string): string =>
  contentId('exchange', suiteId, createHash('sha256').update(authCode).digest('hex'));

/** Encrypted corp ids are case-sensitive, so they go in as they are. */
export const authorizationIdOf = (suiteId: string, corpId: string): string =>
  contentId('authorization', suiteId, corpId);
