/** A secret in every form in which it could have been written down. */
export interface Needle {
  /** Names the secret without being it: what a failing test prints. */
  readonly name: string;
  readonly forms: ReadonlyArray<{ readonly form: Form; readonly bytes: Buffer }>;
}

export type Form = 'RAW' | 'BASE64' | 'URL';

const ALIGNMENTS = [0, 1, 2];
const KEY = /^[A-Za-z0-9+/_-]{43}=?$/;
const CHARACTER_BITS = 6;
const BYTE_BITS = 8;

/** The characters that depend on the value only, whatever stands before and behind it in the encoded text. */
const insideBase64 = (value: Buffer, offset: number): string => {
  const encoded = Buffer.concat([Buffer.alloc(offset), value]).toString('base64');
  const from = Math.ceil((offset * BYTE_BITS) / CHARACTER_BITS);
  const to = Math.floor(((offset + value.length) * BYTE_BITS) / CHARACTER_BITS);
  return encoded.slice(from, to);
};

const toBase64Url = (base64: string): string => base64.replaceAll('+', '-').replaceAll('/', '_');

/** A secret as it was given out, and the key bytes that its text stands for. */
const rawForms = (value: string): Buffer[] => [
  Buffer.from(value),
  Buffer.from(JSON.stringify(value).slice(1, -1)),
  ...(KEY.test(value) ? [Buffer.from(value, 'base64')] : []),
];

export const needleOf = (name: string, value: string): Needle => {
  const raw = rawForms(value);
  const base64 = raw
    .flatMap((bytes) => ALIGNMENTS.map((offset) => insideBase64(bytes, offset)))
    .flatMap((text) => [text, toBase64Url(text)]);
  const encoded = encodeURIComponent(value);
  const url = [encoded, encoded.replaceAll(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()), encodeURIComponent(encoded)];
  const known = new Set<string>();
  const distinct = (form: Form, bytes: Buffer) => {
    const isNew = !known.has(bytes.toString('latin1'));
    known.add(bytes.toString('latin1'));
    return isNew ? [{ form, bytes }] : [];
  };
  return {
    name,
    forms: [
      ...raw.flatMap((bytes) => distinct('RAW', bytes)),
      ...base64.flatMap((text) => distinct('BASE64', Buffer.from(text))),
      ...url.flatMap((text) => distinct('URL', Buffer.from(text))),
    ],
  };
};
