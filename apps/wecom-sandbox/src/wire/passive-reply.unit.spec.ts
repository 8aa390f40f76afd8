import { encrypt, getSignature } from '@wecom/crypto';
import { elementText, readPassiveReply } from './passive-reply';

const expected = {
  token: 'QDG6eK',
  encodingAesKey: 'jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C',
  corpId: 'wpCorp',
  userId: 'woMember',
};
const ANOTHER_KEY = 'a'.repeat(43);

const inner = (change: { to?: string; from?: string; type?: string; content?: string } = {}): string =>
  `<xml><ToUserName><![CDATA[${change.to ?? 'woMember'}]]></ToUserName>` +
  `<FromUserName>${change.from ?? 'wpCorp'}</FromUserName><CreateTime>5</CreateTime>` +
  `<MsgType>${change.type ?? 'text'}</MsgType><Content><![CDATA[${change.content ?? '好的'}]]></Content></xml>`;

const signed = (encrypted: string, token = expected.token): string => {
  const signature = getSignature(token, '5', '7', encrypted);
  return (
    `<xml><Encrypt><![CDATA[${encrypted}]]></Encrypt><MsgSignature><![CDATA[${signature}]]></MsgSignature>` +
    '<TimeStamp>5</TimeStamp><Nonce><![CDATA[7]]></Nonce></xml>'
  );
};

const envelope = (
  message: string,
  change: { token?: string; encodingAesKey?: string; receiveId?: string } = {},
): string =>
  signed(
    encrypt(change.encodingAesKey ?? expected.encodingAesKey, message, change.receiveId ?? 'wpCorp'),
    change.token,
  );

describe('a passive reply', () => {
  it('is none when the body is empty', () => {
    expect(readPassiveReply('', expected)).toBeUndefined();
  });

  it('is read when signature, receiveid and addressee fit', () => {
    expect(readPassiveReply(envelope(inner()), expected)).toEqual({
      accepted: true,
      msgType: 'text',
      content: '好的',
    });
  });

  it.each([
    ['what is no envelope', 'success', 'neither empty nor an encrypted reply'],
    ['a wrong signature', envelope(inner(), { token: 'other' }), 'the signature does not fit'],
    ['another receiveid', envelope(inner(), { receiveId: 'wpOther' }), "the receiveid is not the corp's id"],
    ['another key', envelope(inner(), { encodingAesKey: ANOTHER_KEY }), "the receiveid is not the corp's id"],
    ['half a cipher block', signed('AAAA'), 'cannot be decrypted'],
    ['another member', envelope(inner({ to: 'woOther' })), 'ToUserName has to be the member and FromUserName the corp'],
    ['another sender', envelope(inner({ from: 'me' })), 'ToUserName has to be the member and FromUserName the corp'],
    ['an unknown type', envelope(inner({ type: 'file' })), 'this MsgType cannot be a reply'],
  ])('is refused: %s', (_what, body, en) => {
    expect(readPassiveReply(body, expected)).toMatchObject({ accepted: false, en });
  });

  it('is cut at 2048 bytes, not inside a character', () => {
    const reply = readPassiveReply(envelope(inner({ content: '订'.repeat(700) })), expected);
    expect(reply).toMatchObject({ content: '订'.repeat(682) });
  });
});

describe('an element', () => {
  it('is read plain, with entities, and from several CDATA sections', () => {
    expect(elementText('<a> x &lt; y </a>', 'a')).toBe('x < y');
    expect(elementText('<a><![CDATA[x]]]]><![CDATA[>y]]></a>', 'a')).toBe('x]]>y');
    expect(elementText('<a></a>', 'b')).toBeUndefined();
  });
});
