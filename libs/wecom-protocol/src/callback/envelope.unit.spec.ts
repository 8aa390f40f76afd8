import { decrypt as otherDecrypt, getSignature } from '@wecom/crypto';
import { createEndpointCrypto } from './endpoint-crypto';
import { buildEnvelope, buildReplyEnvelope, parseEnvelope, parseReplyEnvelope } from './envelope';

const keys = { token: 'QDG6eK', encodingAesKey: 'jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C' };
const refusal = (reason: string, detail: unknown = expect.any(String)) => ({ ok: false, error: { reason, detail } });

describe('the outer body', () => {
  const expected = { ok: true, value: { toUserName: 'dk1', agentId: '218', encrypt: 'AbC+/=' } };

  it.each([
    [
      'XML as documented',
      '<xml>\n<ToUserName><![CDATA[dk1]]></ToUserName>\n<AgentID><![CDATA[218]]></AgentID>\n' +
        '<Encrypt><![CDATA[AbC+/=]]></Encrypt>\n</xml>',
    ],
    [
      'another order, no CDATA',
      '<xml><Encrypt>AbC+/=</Encrypt><AgentID>218</AgentID><ToUserName>dk1</ToUserName></xml>',
    ],
    [
      'a declaration, a comment and an unknown element',
      '<?xml version="1.0" encoding="utf-8"?>\n<!-- c --><xml><ToUserName>dk1</ToUserName><AgentID>218</AgentID>' +
        '<Encrypt>AbC+/=</Encrypt><New><X>1</X></New></xml>',
    ],
    ['JSON', ' {"ToUserName":"dk1","AgentID":218,"Encrypt":"AbC+/="}'],
  ])('reads %s', (_name, body) => {
    expect(parseEnvelope(body)).toEqual(expected);
    expect(parseEnvelope(Buffer.from(body))).toEqual(expected);
  });

  it('reads a suite event, which has an empty AgentID or none', () => {
    const value = { toUserName: 'dk1', agentId: '', encrypt: 'x' };
    expect(parseEnvelope('<xml><ToUserName>dk1</ToUserName><Encrypt>x</Encrypt></xml>')).toEqual({ ok: true, value });
    expect(parseEnvelope(buildEnvelope(value))).toEqual({ ok: true, value });
  });

  it.each([
    ['an empty body', '', 'XML: SYNTAX'],
    ['a text', 'msg_encrypt=abc', 'XML: SYNTAX'],
    ['a truncated body', '<xml><ToUserName>dk1</ToUserName><Encrypt><![CDATA[AbC', 'XML: SYNTAX'],
    ['another document', '<html><Encrypt>x</Encrypt></html>', 'XML: ROOT'],
    ['a body without Encrypt', '<xml><ToUserName>dk1</ToUserName></xml>', 'Encrypt is missing'],
    ['an empty Encrypt', '<xml><Encrypt><![CDATA[]]></Encrypt></xml>', 'Encrypt is missing'],
    ['a nested Encrypt', '<xml><Encrypt><A>x</A></Encrypt></xml>', 'Encrypt is missing'],
    ['two Encrypts', '<xml><Encrypt>x</Encrypt><Encrypt>y</Encrypt></xml>', 'Encrypt is missing'],
    ['a DTD', '<!DOCTYPE xml [<!ENTITY e "x">]><xml><Encrypt>&e;</Encrypt></xml>', 'XML: DTD'],
    ['more elements than an envelope can have', `<xml>${'<A>1</A>'.repeat(40)}</xml>`, 'XML: more than 64 tags'],
    ['broken JSON', '{"Encrypt":', 'not a JSON object'],
    ['JSON without Encrypt', '{"constructor":1}', 'Encrypt is missing'],
  ])('refuses %s', (_name, body, detail) => {
    expect(parseEnvelope(body)).toEqual(refusal('ENVELOPE', detail));
  });

  it('refuses a huge body before looking at it, and counts bytes', () => {
    expect(parseEnvelope('x'.repeat(1_048_577))).toEqual(refusal('TOO_LARGE'));
    expect(parseEnvelope('企'.repeat(10), { maxBytes: 29 })).toEqual(refusal('TOO_LARGE', '30 bytes, at most 29'));
  });

  // Each of these takes hours in a reader that looks at a byte more than a few times.
  it('comes to an end for the largest body, however it is built', () => {
    const fill = (unit: string) => unit.repeat(Math.floor(1_000_000 / unit.length));
    const bodies = ['<', '<!', '<a', '<a>', '<![CDATA[', ']]>', '&', ' ', '<a b="', '<!--', '</a>', '<xml>'].map(fill);
    for (const body of [...bodies, ...bodies.map((inner) => `<xml><Encrypt>${inner}</Encrypt></xml>`)]) {
      expect(parseEnvelope(body)).toHaveProperty('ok');
    }
  });
});

describe('the passive reply', () => {
  const crypto = createEndpointCrypto(keys);
  const message = '<xml><Content>嗨</Content></xml>';
  const reply = { message, receiveId: 'wx1', timestamp: '1409659813', nonce: 'n]]>1' };

  it('is signed and encrypted so that @wecom/crypto reads it', () => {
    const parsed = parseReplyEnvelope(buildReplyEnvelope(crypto, reply));
    if (!parsed.ok) {
      throw new Error(parsed.error.detail);
    }
    const { encrypt, msgSignature, timestamp, nonce } = parsed.value;

    expect({ timestamp, nonce }).toEqual({ timestamp: reply.timestamp, nonce: reply.nonce });
    expect(msgSignature).toBe(getSignature(keys.token, timestamp, nonce, encrypt));
    expect(otherDecrypt(keys.encodingAesKey, encrypt)).toMatchObject({ message: reply.message, id: 'wx1' });
  });

  it('writes the documented elements', () => {
    const random = Buffer.from('0123456789abcdef');
    const fixed = { message: 'ok', receiveId: '', timestamp: '1409659813', nonce: '1372623149', random };
    expect(buildReplyEnvelope(crypto, fixed)).toBe(
      '<xml><Encrypt><![CDATA[sKqRbbiSUnDhFHOvPjtUMVQ2OdU5Cleak/7kYFU/y0Y=]]></Encrypt>' +
        '<MsgSignature><![CDATA[3d75d4bf34074a5c142e50ba6ea2568fed1a22ac]]></MsgSignature>' +
        '<TimeStamp>1409659813</TimeStamp><Nonce><![CDATA[1372623149]]></Nonce></xml>',
    );
  });

  it('names what a reply of somebody else lacks', () => {
    expect(parseReplyEnvelope('<xml><Encrypt>x</Encrypt><Nonce>n</Nonce></xml>')).toEqual(
      refusal('ENVELOPE', 'missing: msgSignature, timestamp'),
    );
    expect(parseReplyEnvelope('success')).toEqual(refusal('ENVELOPE'));
  });
});
