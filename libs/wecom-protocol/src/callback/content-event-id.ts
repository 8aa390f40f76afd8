import { hash } from 'node:crypto';

/**
 * The identity of something WeCom sent: a UUIDv8 of SHA-256(endpoint, plaintext). WeCom encrypts a re-send anew, so
 * ciphertext, nonce and signature differ while this id stays the same.
 */
export const contentEventId = (endpointId: string, plaintext: string | Buffer): string => {
  // The line feed ends the endpoint id (which has none), so that no other pair of the two gives the same bytes.
  const digest = hash('sha256', Buffer.concat([Buffer.from(`${endpointId}\n`), Buffer.from(plaintext)]), 'buffer');
  digest[6] = (digest[6]! & 0x0f) | 0x80;
  digest[8] = (digest[8]! & 0x3f) | 0x80;
  const hex = digest.toString('hex', 0, 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
};
