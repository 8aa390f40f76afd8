import type { XmlFields, XmlValue } from './xml-document';

type SourceReviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown;

const toValue = (value: unknown): XmlValue => {
  if (Array.isArray(value)) {
    return value.map(toValue);
  }
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, toValue(inner)]));
  }
  return value === null ? '' : String(value);
};

/**
 * The JSON form, which WeCom's libraries know and its console does not offer for templates: a safety net.
 * Numbers keep the digits they were written with, because a 64-bit MsgId does not fit a JavaScript number.
 * @returns null when it is not a JSON object
 */
export const readJsonDocument = (source: string): XmlFields | null => {
  const keepDigits: SourceReviver = (_key, value, context) =>
    typeof value === 'number' ? (context.source ?? String(value)) : value;
  try {
    const parsed: unknown = JSON.parse(source, keepDigits as (key: string, value: unknown) => unknown);
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)
      ? (toValue(parsed) as XmlFields)
      : null;
  } catch {
    return null;
  }
};

export const looksLikeJson = (source: string): boolean => /^\uFEFF?[ \t\r\n]*\{/.test(source);
