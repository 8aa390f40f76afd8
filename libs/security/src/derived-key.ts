import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';

const SECRET_MIN_BYTES = 32;
const derived = new Map<string, KeyObject>();

/**
 * One key per purpose from one configured secret, so that what is signed for one purpose is worth nothing for another.
 * Kept: deriving costs more than signing.
 * @throws Error when the secret has fewer than 32 bytes
 */
export const deriveKey = (secret: string, purpose: string): KeyObject => {
  const name = `${purpose}\n${secret}`;
  const kept = derived.get(name);
  if (kept !== undefined) {
    return kept;
  }
  if (Buffer.byteLength(secret, 'utf8') < SECRET_MIN_BYTES) {
    throw new Error(`a signing secret needs at least ${SECRET_MIN_BYTES} bytes`);
  }
  const key = createSecretKey(Buffer.from(hkdfSync('sha256', secret, '', `daikaifa/${purpose}`, 32)));
  derived.set(name, key);
  return key;
};
