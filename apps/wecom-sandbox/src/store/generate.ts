import { randomBytes, randomInt } from 'node:crypto';

const ALPHANUMERIC = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

export const randomText = (length: number, alphabet: string = ALPHANUMERIC): string =>
  Array.from({ length }, () => alphabet[randomInt(alphabet.length)]!).join('');

const hex = (length: number): string => randomBytes(length / 2).toString('hex');

/** The shapes that WeCom's values have; nobody may rely on more than the length limits of the documents. */
export const generate = {
  corpId: (): string => `ww${hex(16)}`,
  suiteId: (): string => `dk${hex(16)}`,
  secret: (): string => randomText(43),
  token: (): string => randomText(214),
  ticket: (): string => randomText(86),
  authCode: (): string => randomText(128),
  encryptedCorpId: (): string => `wp${randomText(30)}`,
  openUserId: (): string => `wo${randomText(30)}`,
  linkId: (): string => randomText(24),
  /** 64 bits: too many digits for a JavaScript number. */
  msgId: (): string => randomText(1, '123456789') + randomText(18, '0123456789'),
  nonce: (): string => String(randomInt(100_000_000, 2_000_000_000)),
  /** The plaintext that a URL verification has to give back. */
  echo: (): string => randomText(1, '123456789') + randomText(18, '0123456789'),
};
