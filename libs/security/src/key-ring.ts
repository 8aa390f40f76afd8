import { createCipheriv, createDecipheriv, createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import { AppError, badUserInput, text, type LocalizedText, type Violation } from '@daikaifa/kernel';

const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const KEY_ID = /^[A-Za-z0-9_-]{1,32}$/;
const SEALED = /^([A-Za-z0-9_-]{1,32})\.([\w-]{16})\.([\w-]{22})\.([\w-]*)$/;

/** Seals secrets with the current key, opens what any of its keys sealed. */
export interface KeyRing {
  readonly currentKeyId: string;
  /**
   * @param aad binds the ciphertext to its place (ids, field name): opened elsewhere, it is refused
   * @returns `kid.iv.tag.ciphertext`, the last three base64url; the same plaintext never gives the same text twice
   */
  seal(plaintext: string, aad: string): string;
  /** @throws AppError INTERNAL_SERVER_ERROR, `details.reason` SEAL_MALFORMED, SEAL_KEY_UNKNOWN or SEAL_BROKEN */
  open(sealed: string, aad: string): string;
  /** Whether this was sealed with another key than the current one. */
  needsReseal(sealed: string): boolean;
}

interface ReadSpec {
  readonly keys: ReadonlyMap<string, Buffer>;
  readonly faults: readonly Violation[];
}

const fault = (index: number, code: string, message: LocalizedText): Violation => ({
  field: `keys.${index}`,
  code,
  severity: 'ERROR',
  text: message,
});

const readKey = (encoded: string): Buffer | undefined => {
  const bytes = Buffer.from(encoded, 'base64');
  // Node skips what is not base64: only the round trip proves that nothing was lost.
  return bytes.length === KEY_BYTES && bytes.toString('base64') === encoded ? bytes : undefined;
};

const readSpec = (spec: string): ReadSpec => {
  const keys = new Map<string, Buffer>();
  const faults: Violation[] = [];
  const seen = new Set<string>();
  spec.split(',').forEach((entry, index) => {
    const separator = entry.indexOf(':');
    if (separator < 0) {
      faults.push(fault(index, 'KEY_FORM', text('应为“密钥编号:base64 密钥”', 'must be "key id:base64 key"')));
      return;
    }
    const keyId = entry.slice(0, separator).trim();
    const encoded = entry.slice(separator + 1).trim();
    const bytes = readKey(encoded);
    if (!KEY_ID.test(keyId)) {
      faults.push(
        fault(
          index,
          'KEY_ID',
          text('密钥编号须为 1–32 位字母、数字、_ 或 -', 'the key id must be 1–32 letters, digits, _ or -'),
        ),
      );
    }
    if (bytes === undefined) {
      faults.push(
        fault(index, 'KEY_BYTES', text('密钥须为 32 字节的 base64', 'the key must be base64 of exactly 32 bytes')),
      );
    }
    if (keys.has(keyId)) {
      faults.push(fault(index, 'KEY_ID_TWICE', text('密钥编号重复', 'the key id is used twice')));
    }
    if (bytes !== undefined && seen.has(encoded)) {
      faults.push(fault(index, 'KEY_TWICE', text('同一密钥使用了两个编号', 'the same key stands under two ids')));
    }
    seen.add(encoded);
    keys.set(keyId, bytes ?? Buffer.alloc(0));
  });
  return { keys, faults };
};

/** Every fault of a key ring's setting, none of them naming key material; empty when it is right. */
export const keyRingFaults = (spec: string): readonly Violation[] => readSpec(spec).faults;

const broken = (reason: string, message: LocalizedText, details: Readonly<Record<string, string>> = {}): AppError =>
  new AppError('INTERNAL_SERVER_ERROR', message, { details: { reason, ...details } });

const malformed = (): AppError => broken('SEAL_MALFORMED', text('密文格式不正确', 'The sealed value is malformed'));

/**
 * @param spec `kid:base64key,kid2:base64key`; the first seals, all open
 * @throws AppError BAD_USER_INPUT listing every fault of the setting
 */
export const createKeyRing = (spec: string): KeyRing => {
  const { keys: bytes, faults } = readSpec(spec);
  if (faults.length > 0) {
    throw badUserInput(faults);
  }
  // A KeyObject is made once: handing raw bytes to each operation costs five times as much.
  const keys = new Map<string, KeyObject>([...bytes].map(([keyId, key]) => [keyId, createSecretKey(key)]));
  const [currentKeyId, currentKey] = [...keys][0]!;

  return {
    currentKeyId,
    seal: (plaintext, aad) => {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv(CIPHER, currentKey, iv, { authTagLength: TAG_BYTES });
      cipher.setAAD(Buffer.from(aad, 'utf8'));
      const ciphertext = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()]);
      return [currentKeyId, ...[iv, cipher.getAuthTag(), ciphertext].map((part) => part.toString('base64url'))].join(
        '.',
      );
    },
    open: (sealed, aad) => {
      const [, keyId = '', iv = '', tag = '', ciphertext = ''] = SEALED.exec(sealed) ?? [];
      if (keyId === '') {
        throw malformed();
      }
      const key = keys.get(keyId);
      if (key === undefined) {
        throw broken('SEAL_KEY_UNKNOWN', text('密钥环中没有该密钥', 'The key ring has no such key'), { keyId });
      }
      try {
        const decipher = createDecipheriv(CIPHER, key, Buffer.from(iv, 'base64url'), { authTagLength: TAG_BYTES });
        decipher.setAAD(Buffer.from(aad, 'utf8'));
        decipher.setAuthTag(Buffer.from(tag, 'base64url'));
        return Buffer.concat([decipher.update(Buffer.from(ciphertext, 'base64url')), decipher.final()]).toString(
          'utf8',
        );
      } catch {
        throw broken(
          'SEAL_BROKEN',
          text('密文被改动，或不属于此处', 'The sealed value was altered, or belongs elsewhere'),
          { keyId },
        );
      }
    },
    needsReseal: (sealed) => {
      const keyId = SEALED.exec(sealed)?.[1];
      if (keyId === undefined) {
        throw malformed();
      }
      return keyId !== currentKeyId;
    },
  };
};
