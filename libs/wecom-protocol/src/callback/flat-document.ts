import type { XmlFields } from './xml-document';

const CDATA_OPEN = '<![CDATA[';
const CDATA_CLOSE = ']]>';
const ROOT_OPEN = '<xml>';
const ROOT_CLOSE = '</xml>';
const SIMPLE_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

const isSpace = (code: number): boolean => code === 32 || code === 10 || code === 9;

const skipSpace = (source: string, from: number): number => {
  let at = from;
  while (isSpace(source.charCodeAt(at))) {
    at += 1;
  }
  return at;
};

/** Trims XML white space only: an ideographic space or a byte order mark inside a value belongs to the value. */
export const trimXmlSpace = (value: string): string => {
  let start = 0;
  let end = value.length;
  const blank = (at: number): boolean => isSpace(value.charCodeAt(at)) || value.charCodeAt(at) === 13;
  while (start < end && blank(start)) {
    start += 1;
  }
  while (end > start && blank(end - 1)) {
    end -= 1;
  }
  return start === 0 && end === value.length ? value : value.slice(start, end);
};

/** The value between a start tag and its end tag, and where the next tag begins; null when it is not a plain value. */
const readValue = (source: string, from: number, name: string): { value: string; next: number } | null => {
  const start = skipSpace(source, from);
  let value: string;
  let end: number;
  if (source.startsWith(CDATA_OPEN, start)) {
    const close = source.indexOf(CDATA_CLOSE, start + CDATA_OPEN.length);
    if (close < 0) {
      return null;
    }
    value = source.slice(start + CDATA_OPEN.length, close);
    end = skipSpace(source, close + CDATA_CLOSE.length);
  } else {
    end = source.indexOf('<', start);
    value = end < 0 ? '' : source.slice(start, end);
    // '&' needs decoding; '>' could end a stray `]]>`.
    if (end < 0 || value.includes('&') || value.includes('>')) {
      return null;
    }
  }
  const closed = source.startsWith(`</${name}>`, end);
  return closed ? { value: trimXmlSpace(value), next: end + name.length + 3 } : null;
};

/**
 * Reads the shape in which nearly all of WeCom's documents come: `<xml>` with plain children, each a text or one CDATA
 * section, no attribute, no entity, no repeated name. About a twentieth of the time of the real parser.
 * @returns null for every other shape, well-formed or not: `parseXmlDocument` decides about those
 */
export const readFlatDocument = (source: string): XmlFields | null => {
  // A carriage return is a line end to be normalised, also inside CDATA: work for the real parser.
  if (source.includes('\r')) {
    return null;
  }
  let at = skipSpace(source, 0);
  if (!source.startsWith(ROOT_OPEN, at)) {
    return null;
  }
  at = skipSpace(source, at + ROOT_OPEN.length);
  const fields: Record<string, string> = {};
  while (!source.startsWith(ROOT_CLOSE, at)) {
    const nameEnd = source.charCodeAt(at) === 60 ? source.indexOf('>', at) : -1;
    const name = nameEnd < 0 ? '' : source.slice(at + 1, nameEnd);
    // `in` finds a repeated name as well as the names of Object.prototype.
    if (!SIMPLE_NAME.test(name) || name in fields) {
      return null;
    }
    const read = readValue(source, nameEnd + 1, name);
    if (read === null) {
      return null;
    }
    fields[name] = read.value;
    at = skipSpace(source, read.next);
  }
  return skipSpace(source, at + ROOT_CLOSE.length) === source.length ? fields : null;
};
