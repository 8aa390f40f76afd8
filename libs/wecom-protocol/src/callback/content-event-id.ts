import { hash } from 'node:crypto';
import { idOfDigest } from '@daikaifa/kernel';

/**
 * The identity of something WeCom sent: a UUIDv8 of SHA-256(endpoint, plaintext). WeCom encrypts a re-send anew, so
 * ciphertext, nonce and signature differ while this id stays the same.
 */
export const contentEventId = (endpointId: string, plaintext: string | Buffer): string => {
  // The line feed ends the endpoint id (which has none), so that no other pair of the two gives the same bytes.
  const digest = hash('sha256', Buffer.concat([Buffer.from(`${endpointId}\n`), Buffer.from(plaintext)]), 'buffer');
  return idOfDigest(digest);
};
