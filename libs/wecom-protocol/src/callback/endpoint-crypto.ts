import { createCipheriv, createDecipheriv, hash, randomBytes, timingSafeEqual } from 'node:crypto';
import { badUserInput, err, ok, type Result } from '@daikaifa/kernel';
import { endpointKeyViolations, type EndpointKeys } from './endpoint-keys';

/** What WeCom signs together with the Token. `encrypt` is the base64 text (for a GET: echostr, URL-decoded). */
export interface SignedParts {
  readonly timestamp: string;
  readonly nonce: string;
  readonly encrypt: string;
}

export interface DecryptedMessage {
  /** The plaintext without its frame: an XML document, or the text to echo for a URL verification. */
  readonly message: Buffer;
  /** Compare as it is: encrypted corp ids differ by case. Empty for a developer without a corp. */
  readonly receiveId: string;
  readonly random: Buffer;
}

/** `detail` says which check failed, for logs; it holds nothing of the plaintext. */
export interface DecryptRefusal {
  readonly reason: 'AES';
  readonly detail: 'LENGTH' | 'PADDING' | 'MESSAGE_LENGTH';
}

export interface EndpointCrypto {
  /** msg_signature: lower-case hex SHA-1. */
  sign(parts: SignedParts): string;
  /** Constant time in the signature. */
  verifySignature(parts: SignedParts & { readonly msgSignature: string }): boolean;
  /** Call it after `verifySignature`: the cipher alone does not tell a forged message from a real one. */
  decrypt(encrypt: string): Result<DecryptedMessage, DecryptRefusal>;
  /** @param options.random 16 bytes; for test vectors only */
  encrypt(message: string | Buffer, receiveId: string, options?: { readonly random?: Buffer }): string;
}

const BLOCK_BYTES = 16;
const RANDOM_BYTES = 16;
const HEADER_BYTES = RANDOM_BYTES + 4;
/** WeCom pads to 32 bytes although the cipher's block is 16, which is why the cipher must not pad by itself. */
const PADDING_BYTES = 32;

const paddingLength = (plaintext: Buffer): number | null => {
  const length = plaintext.at(-1)!;
  if (length < 1 || length > PADDING_BYTES || length > plaintext.length) {
    return null;
  }
  for (let index = plaintext.length - length; index < plaintext.length; index += 1) {
    if (plaintext[index] !== length) {
      return null;
    }
  }
  return length;
};

const refuse = (detail: DecryptRefusal['detail']): Result<DecryptedMessage, DecryptRefusal> =>
  err({ reason: 'AES', detail });

/**
 * Signature and cipher of one callback endpoint. Keep it as long as the keys: building it costs more than a message.
 * @throws AppError BAD_USER_INPUT with every broken rule of the keys
 */
export const createEndpointCrypto = (keys: EndpointKeys): EndpointCrypto => {
  const violations = endpointKeyViolations(keys);
  if (violations.length > 0) {
    throw badUserInput(violations);
  }
  const { token } = keys;
  const key = Buffer.from(`${keys.encodingAesKey}=`, 'base64');
  const iv = Buffer.from(key.subarray(0, BLOCK_BYTES));
  // One decipher for all messages (a new one costs twice as much as the message). It is never finished; each message is
  // fed with the IV in front as if that were a ciphertext block, so that the chaining starts at the IV again whatever
  // went through before, and the sixteen bytes which that block decrypts to are cut off.
  const decipher = createDecipheriv('aes-256-cbc', key, iv).setAutoPadding(false);

  const sign = ({ timestamp, nonce, encrypt }: SignedParts): string =>
    hash('sha1', [token, timestamp, nonce, encrypt].sort().join(''), 'hex');

  return {
    sign,

    verifySignature: ({ msgSignature, ...parts }) => {
      const given = Buffer.from(msgSignature);
      const expected = Buffer.from(sign(parts));
      return given.length === expected.length && timingSafeEqual(given, expected);
    },

    decrypt: (encrypt) => {
      const input = Buffer.allocUnsafe(BLOCK_BYTES + Buffer.byteLength(encrypt, 'base64'));
      const length = input.write(encrypt, BLOCK_BYTES, 'base64');
      if (length % BLOCK_BYTES !== 0 || length < PADDING_BYTES) {
        return refuse('LENGTH');
      }
      iv.copy(input);
      const plaintext = decipher.update(input.subarray(0, BLOCK_BYTES + length)).subarray(BLOCK_BYTES);

      const padding = paddingLength(plaintext);
      if (padding === null) {
        return refuse('PADDING');
      }
      const contentEnd = plaintext.length - padding;
      const messageEnd = contentEnd < HEADER_BYTES ? Infinity : HEADER_BYTES + plaintext.readUInt32BE(RANDOM_BYTES);
      if (messageEnd > contentEnd) {
        return refuse('MESSAGE_LENGTH');
      }
      return ok({
        message: plaintext.subarray(HEADER_BYTES, messageEnd),
        receiveId: plaintext.toString('utf8', messageEnd, contentEnd),
        random: plaintext.subarray(0, RANDOM_BYTES),
      });
    },

    encrypt: (message, receiveId, { random = randomBytes(RANDOM_BYTES) } = {}) => {
      const content = Buffer.from(message);
      const id = Buffer.from(receiveId);
      const unpadded = HEADER_BYTES + content.length + id.length;
      const padding = PADDING_BYTES - (unpadded % PADDING_BYTES);
      const plaintext = Buffer.alloc(unpadded + padding, padding);
      random.copy(plaintext, 0, 0, RANDOM_BYTES);
      plaintext.writeUInt32BE(content.length, RANDOM_BYTES);
      content.copy(plaintext, HEADER_BYTES);
      id.copy(plaintext, HEADER_BYTES + content.length);
      const cipher = createCipheriv('aes-256-cbc', key, iv).setAutoPadding(false);
      return Buffer.concat([cipher.update(plaintext), cipher.final()]).toString('base64');
    },
  };
};
