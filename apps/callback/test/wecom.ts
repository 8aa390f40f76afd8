import { randomInt } from 'node:crypto';
import { encrypt, getSignature } from '@wecom/crypto';

/** What a person typed into WeCom's console. */
export interface ConsoleKeys {
  readonly token: string;
  readonly encodingAesKey: string;
}

export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly contentType: string | null;
}

const nowSec = (): string => String(Math.floor(Date.now() / 1_000));
export const nonce = (): string => String(randomInt(1_000_000_000));

export const signedQuery = (keys: ConsoleKeys, encrypted: string, timestamp = nowSec(), once = nonce()) =>
  new URLSearchParams({
    msg_signature: getSignature(keys.token, timestamp, once, encrypted),
    timestamp,
    nonce: once,
  });

export const answerOf = async (response: Response): Promise<Answer> => ({
  status: response.status,
  body: await response.text(),
  contentType: response.headers.get('content-type'),
});

export const envelopeOf = (encrypted: string, toUserName = ''): string =>
  `<xml><ToUserName><![CDATA[${toUserName}]]></ToUserName><Encrypt><![CDATA[${encrypted}]]></Encrypt><AgentID></AgentID></xml>`;

/** WeCom's URL verification. */
export const verifyUrl = async (url: string, keys: ConsoleKeys, receiveId: string, echo = '1616140317555161061') => {
  const encrypted = encrypt(keys.encodingAesKey, echo, receiveId);
  const query = signedQuery(keys, encrypted);
  query.set('echostr', encrypted);
  return answerOf(await fetch(`${url}?${query.toString()}`));
};

export const post = async (url: string, query: URLSearchParams, body: string | Uint8Array<ArrayBuffer>): Promise<Answer> =>
  answerOf(await fetch(`${url}?${query.toString()}`, { method: 'POST', body, headers: { 'content-type': 'text/xml' } }));

/** WeCom's event: encrypted anew for each call. */
export const push = (url: string, keys: ConsoleKeys, receiveId: string, xml: string): Promise<Answer> => {
  const encrypted = encrypt(keys.encodingAesKey, xml, receiveId);
  return post(url, signedQuery(keys, encrypted), envelopeOf(encrypted, receiveId));
};

export const ticketXml = (suiteId: string, ticket: string, timestamp = nowSec()): string =>
  `<xml><SuiteId><![CDATA[${suiteId}]]></SuiteId><InfoType> <![CDATA[suite_ticket]]></InfoType>` +
  `<TimeStamp>${timestamp}</TimeStamp><SuiteTicket><![CDATA[${ticket}]]></SuiteTicket></xml>`;

export const createAuthXml = (suiteId: string, authCode: string, state = 's1'): string =>
  `<xml><SuiteId><![CDATA[${suiteId}]]></SuiteId><AuthCode><![CDATA[${authCode}]]></AuthCode>` +
  `<InfoType><![CDATA[create_auth]]></InfoType><TimeStamp>${nowSec()}</TimeStamp>` +
  `<State><![CDATA[${state}]]></State><ExtraInfo></ExtraInfo></xml>`;

export const changeAuthXml = (suiteId: string, corpId: string, timestamp = nowSec()): string =>
  `<xml><SuiteId><![CDATA[${suiteId}]]></SuiteId><InfoType><![CDATA[change_auth]]></InfoType>` +
  `<TimeStamp>${timestamp}</TimeStamp><AuthCorpId><![CDATA[${corpId}]]></AuthCorpId></xml>`;

/** A member's message to the app of a corp. */
export const textXml = (corpId: string, content: string, options: { readonly createTimeSec?: number } = {}): string =>
  `<xml><ToUserName><![CDATA[${corpId}]]></ToUserName><FromUserName><![CDATA[zhangsan]]></FromUserName>` +
  `<CreateTime>${options.createTimeSec ?? nowSec()}</CreateTime><MsgType><![CDATA[text]]></MsgType>` +
  `<Content><![CDATA[${content}]]></Content><MsgId>${randomInt(2 ** 40)}4561255</MsgId><AgentID>1000002</AgentID></xml>`;

export const appEventXml = (corpId: string, event: string, eventKey = nonce()): string =>
  `<xml><ToUserName><![CDATA[${corpId}]]></ToUserName><FromUserName><![CDATA[zhangsan]]></FromUserName>` +
  `<CreateTime>${nowSec()}</CreateTime><MsgType><![CDATA[event]]></MsgType><Event><![CDATA[${event}]]></Event>` +
  `<EventKey><![CDATA[${eventKey}]]></EventKey><AgentID>1000002</AgentID></xml>`;

export const systemXml = (providerCorpId: string, corpId: string): string =>
  `<xml><ServiceCorpId><![CDATA[${providerCorpId}]]></ServiceCorpId><InfoType><![CDATA[license_pay_success]]></InfoType>` +
  `<AuthCorpId><![CDATA[${corpId}]]></AuthCorpId><OrderId>${nonce()}</OrderId><TimeStamp>${nowSec()}</TimeStamp></xml>`;
