import { err, ok, type Result } from '@daikaifa/kernel';
import { LIMITS } from '../limits';
import type { EndpointCrypto } from './endpoint-crypto';
import { looksLikeJson, readJsonDocument } from './json-document';
import { cdata, readXmlDocument, type XmlFields } from './xml-document';

/** The outer body of a callback POST. Only `encrypt` is covered by the signature. */
export interface CallbackEnvelope {
  /** The suite id for suite events, else the corp id; empty when it was missing. */
  readonly toUserName: string;
  /** Empty for suite and system events. */
  readonly agentId: string;
  readonly encrypt: string;
}

export interface EnvelopeRefusal {
  readonly reason: 'ENVELOPE' | 'TOO_LARGE';
  /** What was wrong, for logs; nothing of the body. */
  readonly detail: string;
}

const textField = (fields: XmlFields, name: string): string => {
  const value = fields[name];
  return typeof value === 'string' ? value : '';
};

/** An envelope has four elements. Nobody has proved who sent it yet, so the real parser gets no more than a bit more. */
const MAX_TAGS = 64;

const hasManyTags = (source: string): boolean => {
  let at = -1;
  for (let tags = 0; tags <= MAX_TAGS; tags += 1) {
    at = source.indexOf('<', at + 1);
    if (at < 0) {
      return false;
    }
  }
  return true;
};

const readFields = (body: string | Buffer, maxBytes: number): Result<XmlFields, EnvelopeRefusal> => {
  const bytes = typeof body === 'string' ? Buffer.byteLength(body) : body.length;
  if (bytes > maxBytes) {
    return err({ reason: 'TOO_LARGE', detail: `${bytes} bytes, at most ${maxBytes}` });
  }
  const source = typeof body === 'string' ? body : body.toString('utf8');
  if (looksLikeJson(source)) {
    const fields = readJsonDocument(source);
    return fields === null ? err({ reason: 'ENVELOPE', detail: 'not a JSON object' }) : ok(fields);
  }
  if (hasManyTags(source)) {
    return err({ reason: 'ENVELOPE', detail: `XML: more than ${MAX_TAGS} tags` });
  }
  const fields = readXmlDocument(source);
  return fields.ok ? fields : err({ reason: 'ENVELOPE', detail: `XML: ${fields.error}` });
};

/**
 * Reads the outer body: XML with its elements in any order, or JSON.
 * @param options.maxBytes default `LIMITS.callbackBodyMaxBytes`
 */
export const parseEnvelope = (
  body: string | Buffer,
  { maxBytes = LIMITS.callbackBodyMaxBytes }: { readonly maxBytes?: number } = {},
): Result<CallbackEnvelope, EnvelopeRefusal> => {
  const fields = readFields(body, maxBytes);
  if (!fields.ok) {
    return fields;
  }
  const encrypt = textField(fields.value, 'Encrypt');
  return encrypt === ''
    ? err({ reason: 'ENVELOPE', detail: 'Encrypt is missing' })
    : ok({ toUserName: textField(fields.value, 'ToUserName'), agentId: textField(fields.value, 'AgentID'), encrypt });
};

/** The body of a callback POST, as WeCom writes it: for probes of one's own endpoint. */
export const buildEnvelope = ({ toUserName, agentId, encrypt }: CallbackEnvelope): string =>
  `<xml><ToUserName>${cdata(toUserName)}</ToUserName><AgentID>${cdata(agentId)}</AgentID>` +
  `<Encrypt>${cdata(encrypt)}</Encrypt></xml>`;

/** A passive reply (被动回复). `timestamp` (unix seconds) and `nonce` are the replier's own choice. */
export interface ReplyEnvelope {
  readonly encrypt: string;
  readonly msgSignature: string;
  readonly timestamp: string;
  readonly nonce: string;
}

export interface Reply {
  readonly message: string | Buffer;
  /** The one of the message replied to. */
  readonly receiveId: string;
  readonly timestamp: string;
  readonly nonce: string;
  /** 16 bytes; for test vectors only. */
  readonly random?: Buffer;
}

/** Encrypts and signs a passive reply. */
export const buildReplyEnvelope = (crypto: EndpointCrypto, reply: Reply): string => {
  const { timestamp, nonce, random } = reply;
  const encrypt = crypto.encrypt(reply.message, reply.receiveId, random === undefined ? {} : { random });
  return (
    `<xml><Encrypt>${cdata(encrypt)}</Encrypt>` +
    `<MsgSignature>${cdata(crypto.sign({ timestamp, nonce, encrypt }))}</MsgSignature>` +
    `<TimeStamp>${timestamp}</TimeStamp><Nonce>${cdata(nonce)}</Nonce></xml>`
  );
};

/** Reads what `buildReplyEnvelope`, or a backend that speaks WeCom's format, has written. */
export const parseReplyEnvelope = (body: string | Buffer): Result<ReplyEnvelope, EnvelopeRefusal> => {
  const fields = readFields(body, LIMITS.callbackBodyMaxBytes);
  if (!fields.ok) {
    return fields;
  }
  const reply = {
    encrypt: textField(fields.value, 'Encrypt'),
    msgSignature: textField(fields.value, 'MsgSignature'),
    timestamp: textField(fields.value, 'TimeStamp'),
    nonce: textField(fields.value, 'Nonce'),
  };
  const missing = Object.entries(reply).flatMap(([name, value]) => (value === '' ? [name] : []));
  return missing.length > 0 ? err({ reason: 'ENVELOPE', detail: `missing: ${missing.join(', ')}` }) : ok(reply);
};
