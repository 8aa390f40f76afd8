import { decrypt, getSignature } from '@wecom/crypto';
import type { PassiveReply } from '../store/app-types';

const ENTITIES: Record<string, string> = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&apos;': "'", '&amp;': '&' };

/** The text of one element that holds no others: plain, or one or more CDATA sections. */
export const elementText = (xml: string, name: string): string | undefined => {
  const found = new RegExp(`<${name}>((?:\\s*<!\\[CDATA\\[[\\s\\S]*?\\]\\]>)+\\s*|[^<]*)</${name}>`).exec(xml)?.[1];
  if (found === undefined) {
    return undefined;
  }
  return found.includes('<![CDATA[')
    ? [...found.matchAll(/<!\[CDATA\[([\s\S]*?)\]\]>/g)].map((section) => section[1]).join('')
    : found.trim().replace(/&(?:lt|gt|quot|apos|amp);/g, (entity) => ENTITIES[entity]!);
};

const MOST_TEXT_BYTES = 2048;

/** WeCom cuts a long text; never inside a character. */
const cutText = (content: string): string => {
  const bytes = Buffer.from(content);
  return bytes.length <= MOST_TEXT_BYTES
    ? content
    : new TextDecoder('utf-8').decode(bytes.subarray(0, MOST_TEXT_BYTES)).replace(/\uFFFD+$/, '');
};

const MESSAGE_TYPES = [
  'text',
  'image',
  'voice',
  'video',
  'news',
  'update_taskcard',
  'update_button',
  'update_template_card',
];

const refused = (zh: string, en: string): PassiveReply => ({ accepted: false, zh, en });

const open = (encodingAesKey: string, encrypted: string): { message: string; id: string } | undefined => {
  try {
    return decrypt(encodingAesKey, encrypted);
  } catch {
    return undefined;
  }
};

/** What is expected of a reply: the keys of the app's callback, and who asked. */
export interface ReplyExpectation {
  readonly token: string;
  readonly encodingAesKey: string;
  /** Encrypted corpid: the receiveid, and the sender of the reply. */
  readonly corpId: string;
  /** Encrypted userid of the member. */
  readonly userId: string;
}

const readInner = (message: string, expected: ReplyExpectation): PassiveReply => {
  const [to, from, msgType] = ['ToUserName', 'FromUserName', 'MsgType'].map((name) => elementText(message, name));
  if (to !== expected.userId || from !== expected.corpId) {
    return refused(
      '回复的 ToUserName 或 FromUserName 不正确',
      'ToUserName has to be the member and FromUserName the corp',
    );
  }
  if (msgType === undefined || !MESSAGE_TYPES.includes(msgType)) {
    return refused('回复的 MsgType 不支持', 'this MsgType cannot be a reply');
  }
  return { accepted: true, msgType, content: cutText(elementText(message, 'Content') ?? '') };
};

/** Reads the answer to a member's message as WeCom does. An empty body is no reply at all: undefined. */
export const readPassiveReply = (body: string, expected: ReplyExpectation): PassiveReply | undefined => {
  if (body === '') {
    return undefined;
  }
  const [encrypted, signature, timestamp, nonce] = ['Encrypt', 'MsgSignature', 'TimeStamp', 'Nonce'].map((name) =>
    elementText(body, name),
  );
  if (!encrypted || !signature || !timestamp || !nonce) {
    return refused('应答既非空，也不是加密的回复包', 'neither empty nor an encrypted reply');
  }
  if (getSignature(expected.token, timestamp, nonce, encrypted) !== signature) {
    return refused('回复的签名不正确', 'the signature does not fit');
  }
  const opened = open(expected.encodingAesKey, encrypted);
  if (opened === undefined) {
    return refused('回复无法解密', 'cannot be decrypted');
  }
  return opened.id === expected.corpId
    ? readInner(opened.message, expected)
    : refused('回复的 receiveid 不是企业 CorpID', "the receiveid is not the corp's id");
};
