import { normaliseAppContent, type AppContent } from './app-events';
import { looksLikeJson, readJsonDocument } from './json-document';
import { isSuiteEventName, normaliseSuiteEvent, type SuiteEvent } from './suite-events';
import { readXmlDocument, type XmlFields } from './xml-document';

interface Inner {
  /** Values as WeCom named them, trimmed, numbers as text; null when the document could not be read. */
  readonly fields: XmlFields | null;
  readonly raw: string;
  /** Why the document or its event could not be normalised; never a reason to refuse it, and nothing secret. */
  readonly fault: string | null;
}

/** Keyed by SuiteId and InfoType: the command callback of a template or suite. */
export interface SuiteDocument extends Inner {
  readonly class: 'SUITE';
  readonly suiteId: string;
  readonly infoType: string;
  /** Unix seconds; null when missing or unreadable. */
  readonly timestampSec: number | null;
  readonly authCorpId: string | null;
  readonly state: string | null;
  /** null for an InfoType without a strict type, and when there is a fault. */
  readonly event: SuiteEvent | null;
}

/** Keyed by ServiceCorpId and InfoType: the provider's system event URL. */
export interface SystemDocument extends Inner {
  readonly class: 'SYSTEM';
  readonly serviceCorpId: string;
  readonly infoType: string;
  readonly timestampSec: number | null;
  readonly authCorpId: string | null;
}

/** Keyed by ToUserName and MsgType: a message or event of one corp's app. */
export interface AppDocument extends Inner {
  readonly class: 'APP';
  readonly toUserName: string;
  readonly fromUserName: string | null;
  readonly msgType: string;
  /** Event of MsgType `event`. */
  readonly event: string | null;
  /** What an event such as change_contact is about. */
  readonly changeType: string | null;
  /** Unix seconds; null when missing or unreadable. */
  readonly createTimeSec: number | null;
  /** 64 bits, hence text. */
  readonly msgId: string | null;
  readonly agentId: number | null;
  /** null for a MsgType or Event without a strict type, and when there is a fault. */
  readonly content: AppContent | null;
}

export interface UnknownDocument extends Inner {
  readonly class: 'UNKNOWN';
}

export type InnerDocument = SuiteDocument | SystemDocument | AppDocument | UnknownDocument;

const IDENTIFYING = [
  'SuiteId',
  'InfoType',
  'ServiceCorpId',
  'ToUserName',
  'FromUserName',
  'MsgType',
  'Event',
  'ChangeType',
  'MsgId',
  'AgentID',
  'TimeStamp',
  'CreateTime',
  'AuthCorpId',
] as const;

const CDATA_OPEN = '<![CDATA[';
const CDATA_CLOSE = ']]>';

/**
 * Opens CDATA sections and drops those with markup inside, and one that never closes with all that follows: what a
 * member typed must not pass for WeCom's elements.
 */
const openSections = (raw: string): string => {
  let opened = '';
  let at = 0;
  for (let start = raw.indexOf(CDATA_OPEN); start >= 0; start = raw.indexOf(CDATA_OPEN, at)) {
    opened += raw.slice(at, start);
    const end = raw.indexOf(CDATA_CLOSE, start);
    if (end < 0) {
      return opened;
    }
    const content = raw.slice(start + CDATA_OPEN.length, end);
    opened += content.includes('<') ? '' : content;
    at = end + CDATA_CLOSE.length;
  }
  return opened + raw.slice(at);
};

/** The identifying fields of a document that is not well-formed (WeCom's own documentation prints such ones). */
const salvage = (raw: string): XmlFields => {
  const source = openSections(raw);
  return Object.fromEntries(
    IDENTIFYING.flatMap((name) => {
      const found = new RegExp(`<${name}>\\s*([^<>&\\s]{1,512})\\s*</${name}>`).exec(source);
      return found === null ? [] : [[name, found[1]!]];
    }),
  );
};

const textOf = (fields: XmlFields, name: string): string | null => {
  const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
  return typeof value === 'string' && value !== '' ? value : null;
};

/** A number that a JavaScript number holds exactly: unix seconds, an AgentID. */
const numberOf = (fields: XmlFields, name: string): number | null => {
  const value = textOf(fields, name);
  return value !== null && /^\d{1,12}$/.test(value) ? Number(value) : null;
};

const suiteDocument = (inner: Inner, found: XmlFields, suiteId: string, infoType: string): SuiteDocument => {
  const known = inner.fields !== null && isSuiteEventName(infoType);
  const { event, fault } = known ? normaliseSuiteEvent(infoType, inner.fields) : { event: null, fault: inner.fault };
  return {
    ...inner,
    class: 'SUITE',
    suiteId,
    infoType,
    timestampSec: numberOf(found, 'TimeStamp'),
    authCorpId: textOf(found, 'AuthCorpId'),
    state: textOf(found, 'State'),
    event,
    fault,
  };
};

const appDocument = (inner: Inner, found: XmlFields, toUserName: string, msgType: string): AppDocument => {
  const event = msgType === 'event' ? textOf(found, 'Event') : null;
  const { content, fault } =
    inner.fields === null ? { content: null, fault: inner.fault } : normaliseAppContent({ msgType, event }, inner.fields);
  return {
    ...inner,
    class: 'APP',
    toUserName,
    fromUserName: textOf(found, 'FromUserName'),
    msgType,
    event,
    changeType: textOf(found, 'ChangeType'),
    createTimeSec: numberOf(found, 'CreateTime'),
    msgId: textOf(found, 'MsgId'),
    agentId: numberOf(found, 'AgentID'),
    content,
    fault,
  };
};

const classify = (inner: Inner, found: XmlFields): InnerDocument => {
  const infoType = textOf(found, 'InfoType');
  const suiteId = textOf(found, 'SuiteId');
  if (suiteId !== null && infoType !== null) {
    return suiteDocument(inner, found, suiteId, infoType);
  }
  const serviceCorpId = textOf(found, 'ServiceCorpId');
  if (serviceCorpId !== null && infoType !== null) {
    return {
      ...inner,
      class: 'SYSTEM',
      serviceCorpId,
      infoType,
      timestampSec: numberOf(found, 'TimeStamp'),
      authCorpId: textOf(found, 'AuthCorpId'),
    };
  }
  const toUserName = textOf(found, 'ToUserName');
  const msgType = textOf(found, 'MsgType');
  if (toUserName !== null && msgType !== null) {
    return appDocument(inner, found, toUserName, msgType);
  }
  return { ...inner, class: 'UNKNOWN', fault: inner.fault ?? 'neither a suite, an app nor a system document' };
};

/**
 * Reads the decrypted document. The class comes from the content, because one URL may serve a template and the apps
 * that were pre-filled from it. It never refuses: what cannot be read keeps its raw text and, where they can be found,
 * its identifying fields, with a `fault`.
 */
export const readInnerDocument = (message: string | Buffer): InnerDocument => {
  const raw = typeof message === 'string' ? message : message.toString('utf8');
  if (looksLikeJson(raw)) {
    const fields = readJsonDocument(raw);
    return fields === null
      ? { class: 'UNKNOWN', fields, raw, fault: 'not a JSON object' }
      : classify({ fields, raw, fault: null }, fields);
  }
  const fields = readXmlDocument(raw);
  return fields.ok
    ? classify({ fields: fields.value, raw, fault: null }, fields.value)
    : classify({ fields: null, raw, fault: `XML: ${fields.error}` }, salvage(raw));
};
