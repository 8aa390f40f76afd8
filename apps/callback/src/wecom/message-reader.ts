import { contentEventId, parseEnvelope, readInnerDocument, type InnerDocument } from '@daikaifa/wecom-protocol';
import type { MessageReader, ReadDocument } from '../application/ports';

/** It becomes part of an event type and of metrics: nothing that somebody made up may get there as it is. */
const INFO_TYPE = /^[A-Za-z0-9_.-]{1,64}$/;
const UNKNOWN_INFO_TYPE = 'unknown';

const infoTypeOf = (document: InnerDocument): string => {
  const name = document.class === 'SUITE' || document.class === 'SYSTEM' ? document.infoType : '';
  return INFO_TYPE.test(name) ? name : UNKNOWN_INFO_TYPE;
};

const textField = (document: InnerDocument, name: string): string | null => {
  const value = document.fields?.[name];
  return typeof value === 'string' && value !== '' ? value : null;
};

const readDocument = (message: Buffer): ReadDocument => {
  const document = readInnerDocument(message);
  const isSuite = document.class === 'SUITE';
  const isKeyed = isSuite || document.class === 'SYSTEM';
  return {
    suiteId: isSuite ? document.suiteId : null,
    infoType: infoTypeOf(document),
    timestampSec: isKeyed ? document.timestampSec : null,
    authCorpId: isKeyed ? document.authCorpId : null,
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
