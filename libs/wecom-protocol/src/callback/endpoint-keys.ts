import { randomInt } from 'node:crypto';
import { text, type Violation } from '@daikaifa/kernel';
import { LIMITS } from '../limits';

/** What a person types into WeCom's console for one callback URL. Both values are secrets. */
export interface EndpointKeys {
  readonly token: string;
  readonly encodingAesKey: string;
}

const ALPHANUMERIC = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
/**
 * 43 base64 characters hold 258 bits, the key has 256. WeCom tolerates any last character; a strict base64 decoder in
 * somebody's backend does not, so keys made here end in a character whose two spare bits are zero.
 */
const ALPHANUMERIC_WITHOUT_SPARE_BITS = 'AEIMQUYcgkosw048';

const pick = (alphabet: string): string => alphabet.charAt(randomInt(alphabet.length));

/** 32 random letters and digits. */
export const generateToken = (): string =>
  Array.from({ length: LIMITS.callbackTokenMaxLength }, () => pick(ALPHANUMERIC)).join('');

/** 43 random letters and digits that decode to 32 bytes, also with a strict decoder. */
export const generateEncodingAesKey = (): string =>
  Array.from({ length: LIMITS.encodingAesKeyLength - 1 }, () => pick(ALPHANUMERIC)).join('') +
  pick(ALPHANUMERIC_WITHOUT_SPARE_BITS);

/**
 * All broken rules of a Token and EncodingAESKey pair; empty when both may be used.
 * The values are secrets, so only their lengths appear as what was given.
 */
export const endpointKeyViolations = ({ token, encodingAesKey }: EndpointKeys): readonly Violation[] => {
  const characters = (name: string) => text(`${name} 只能含字母和数字`, 'may hold letters and digits only');
  const rules = [
    {
      broken: token.length < 1 || token.length > LIMITS.callbackTokenMaxLength,
      field: 'token',
      code: 'TOKEN_LENGTH',
      limit: '1–32',
      text: text('Token 须为 1–32 个字符', 'must have 1 to 32 characters'),
    },
    {
      broken: /[^A-Za-z0-9]/.test(token),
      field: 'token',
      code: 'TOKEN_CHARACTERS',
      limit: 'A-Z a-z 0-9',
      text: characters('Token'),
    },
    {
      broken: encodingAesKey.length !== LIMITS.encodingAesKeyLength,
      field: 'encodingAesKey',
      code: 'ENCODING_AES_KEY_LENGTH',
      limit: '43',
      text: text('EncodingAESKey 须为 43 个字符', 'must have exactly 43 characters'),
    },
    {
      broken: /[^A-Za-z0-9]/.test(encodingAesKey),
      field: 'encodingAesKey',
      code: 'ENCODING_AES_KEY_CHARACTERS',
      limit: 'A-Z a-z 0-9',
      text: characters('EncodingAESKey'),
    },
  ] as const;
  const given = { token, encodingAesKey };
  return rules.flatMap(({ broken, ...rule }) =>
    broken ? [{ ...rule, severity: 'ERROR' as const, given: `${given[rule.field].length} characters` }] : [],
  );
};
