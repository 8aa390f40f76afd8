import { contentEventId, parseEnvelope, readInnerDocument, type InnerDocument } from '@daikaifa/wecom-protocol';
import type { MessageReader, ReadDocument } from '../application/ports';

/** It becomes part of an event type and of metrics: nothing that somebody made up may get there as it is. */
const NAME = /^[A-Za-z0-9_.-]{1,64}$/;
const UNKNOWN = 'unknown';

const nameOf = (name: string): string => (NAME.test(name) ? name : UNKNOWN);

/** InfoType, MsgType, or an app event's name behind its MsgType. */
const namesOf = (document: InnerDocument): Pick<ReadDocument, 'infoType' | 'msgType' | 'event'> => {
  switch (document.class) {
    case 'SUITE':
    case 'SYSTEM':
      return { infoType: nameOf(document.infoType), msgType: UNKNOWN, event: null };
    case 'APP': {
      const msgType = nameOf(document.msgType);
      const event = document.msgType === 'event' ? nameOf(document.event ?? '') : null;
      return { infoType: event === null ? msgType : `${msgType}.${event}`, msgType, event };
    }
    case 'UNKNOWN':
      return { infoType: UNKNOWN, msgType: UNKNOWN, event: null };
  }
};

const textField = (document: InnerDocument, name: string): string | null => {
  const value = document.fields?.[name];
  return typeof value === 'string' && value !== '' ? value : null;
};

const timestampOf = (document: InnerDocument): number | null => {
  switch (document.class) {
    case 'SUITE':
    case 'SYSTEM':
      return document.timestampSec;
    case 'APP':
      return document.createTimeSec;
    case 'UNKNOWN':
      return null;
  }
};

const readDocument = (message: Buffer): ReadDocument => {
  const document = readInnerDocument(message);
  const isSuite = document.class === 'SUITE';
  const isSystem = document.class === 'SYSTEM';
  const isApp = document.class === 'APP';
  return {
    class: document.class,
    suiteId: isSuite ? document.suiteId : null,
    toUserName: isApp ? document.toUserName : null,
    serviceCorpId: isSystem ? document.serviceCorpId : null,
    ...namesOf(document),
    agentId: isApp ? document.agentId : null,
    timestampSec: timestampOf(document),
    authCorpId: isSuite || isSystem ? document.authCorpId : null,
    state: isSuite ? document.state : null,
    authCode: textField(document, 'AuthCode'),
    suiteTicket: textField(document, 'SuiteTicket'),
    raw: document.raw,
    fault: document.fault,
  };
};

export const createMessageReader = (maxBodyBytes: number): MessageReader => ({
  encryptedOf: (body) => {
    const envelope = parseEnvelope(body, { maxBytes: maxBodyBytes });
    return envelope.ok ? envelope.value.encrypt : null;
  },
  document: readDocument,
  contentId: contentEventId,
});
