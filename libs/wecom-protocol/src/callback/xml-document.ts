import { err, ok, type Result } from '@daikaifa/kernel';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { readFlatDocument, trimXmlSpace } from './flat-document';

/** A text, a nested element, or the values of a repeated element in their order. Never a number: MsgId has 64 bits. */
export type XmlValue = string | XmlFields | readonly XmlValue[];
export interface XmlFields {
  readonly [name: string]: XmlValue;
}

/** SYNTAX: not well-formed; ROOT: not `<xml>`; DTD: a declaration; ENTITY: an entity other than XML's own five. */
export type XmlFault = 'SYNTAX' | 'ROOT' | 'DTD' | 'ENTITY';

const CDATA = '__cdata';
const TEXT = '#text';

const parser = new XMLParser({
  preserveOrder: true,
  cdataPropName: CDATA,
  textNodeName: TEXT,
  ignoreAttributes: true,
  ignoreDeclaration: true,
  ignorePiTags: true,
  parseTagValue: false,
  trimValues: false,
  // Entities are decoded below, outside CDATA only; the parser never sees a document that declares its own.
  processEntities: false,
  maxNestedTags: 32,
});

type Node = Readonly<Record<string, unknown>>;
class UnknownEntity extends Error {}

/** Any `<!` that opens neither a CDATA section nor a comment: DOCTYPE, ENTITY and their kin. */
const hasDeclaration = (source: string): boolean => {
  let at = source.indexOf('<!');
  while (at >= 0) {
    const closing = source.startsWith('<![CDATA[', at) ? ']]>' : source.startsWith('<!--', at) ? '-->' : null;
    if (closing === null) {
      return true;
    }
    const end = source.indexOf(closing, at + 4);
    at = end < 0 ? -1 : source.indexOf('<!', end);
  }
  return false;
};

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

const decodeEntities = (source: string): string =>
  source.replace(/&([^;&]*);?/g, (entity, name: string) => {
    const numeric = /^#(?:x([0-9a-fA-F]{1,6})|([0-9]{1,7}))$/.exec(name);
    const code = numeric === null ? -1 : parseInt(numeric[1] ?? numeric[2]!, numeric[1] === undefined ? 10 : 16);
    const isCharacter = code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
    const decoded = numeric === null ? NAMED[name] : isCharacter ? String.fromCodePoint(code) : undefined;
    if (decoded === undefined || !entity.endsWith(';')) {
      throw new UnknownEntity();
    }
    return decoded;
  });

const textOf = (node: Node): string | null => {
  if (typeof node[TEXT] === 'string') {
    return decodeEntities(node[TEXT]);
  }
  const section = node[CDATA] as readonly Node[] | undefined;
  return section === undefined ? null : String(section[0]?.[TEXT] ?? '');
};

const valueOf = (children: readonly Node[]): XmlValue => {
  const elements = children.filter((child) => textOf(child) === null);
  return elements.length === 0
    ? trimXmlSpace(children.map((child) => textOf(child)!).join(''))
    : fieldsOf(elements);
};

const fieldsOf = (elements: readonly Node[]): XmlFields => {
  const fields: Record<string, XmlValue> = {};
  const seen = new Map<string, XmlValue[]>();
  for (const element of elements) {
    const name = Object.keys(element)[0]!;
    const value = valueOf(element[name] as readonly Node[]);
    const values = seen.get(name);
    if (values === undefined) {
      seen.set(name, [value]);
      fields[name] = value;
    } else {
      values.push(value);
      fields[name] = values;
    }
  }
  return fields;
};

const rootOf = (source: string): readonly Node[] | null => {
  const roots = (parser.parse(source) as readonly Node[]).filter((node) => textOf(node) === null);
  return roots.length === 1 && Array.isArray(roots[0]!.xml) ? (roots[0]!.xml as readonly Node[]) : null;
};

/** The real parser: any well-formed document with the root `<xml>`; declarations and foreign entities are refused. */
export const parseXmlDocument = (document: string): Result<XmlFields, XmlFault> => {
  const source = document.startsWith('\uFEFF') ? document.slice(1) : document;
  if (hasDeclaration(source)) {
    return err('DTD');
  }
  try {
    if (XMLValidator.validate(source) !== true) {
      return err('SYNTAX');
    }
    const children = rootOf(source);
    if (children === null) {
      return err('ROOT');
    }
    const value = valueOf(children);
    return ok(typeof value === 'string' ? {} : (value as XmlFields));
  } catch (error) {
    return err(error instanceof UnknownEntity ? 'ENTITY' : 'SYNTAX');
  }
};

/** The fast path where the document has the common shape, else the real parser. Both give the same fields. */
export const readXmlDocument = (source: string): Result<XmlFields, XmlFault> => {
  const flat = readFlatDocument(source);
  return flat === null ? parseXmlDocument(source) : ok(flat);
};

/** Makes a CDATA section of any text, also of one that holds `]]>`. */
export const cdata = (value: string): string => `<![CDATA[${value.replaceAll(']]>', ']]]]><![CDATA[>')}]]>`;
