import { createCipheriv } from 'node:crypto';
import { decrypt as otherDecrypt, encrypt as otherEncrypt, getSignature } from '@wecom/crypto';
import fc from 'fast-check';
import { createEndpointCrypto, type DecryptedMessage } from './endpoint-crypto';
import { generateEncodingAesKey, generateToken } from './endpoint-keys';

// The sample parameters and messages that WeCom publishes (doc 96211), and four computed with the same keys.
const token = 'QDG6eK';
const encodingAesKey = 'jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C';
const corpId = 'wx5823bf96d3bd56c7';
const fixedRandom = Buffer.from('0123456789abcdef');
const key = Buffer.from('8d69989bbaabe67328014c194631ad0719b3dca035b64023df292447aab60760', 'hex');
const iv = Buffer.from('8d69989bbaabe67328014c194631ad07', 'hex');

const vectors = [
  {
    name: 'V1',
    timestamp: '1409659589',
    nonce: '263014780',
    msgSignature: '5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3',
    encrypt: 'P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ==',
    random: 'c41b64491c2468d0',
    message: '1616140317555161061',
    receiveId: corpId,
  },
  {
    name: 'V2',
    timestamp: '1409659813',
    nonce: '1372623149',
    msgSignature: '477715d11cdb4164915debcba66cb864d751f3e6',
    encrypt:
      'RypEvHKD8QQKFhvQ6QleEB4J58tiPdvo+rtK1I9qca6aM/wvqnLSV5zEPeusUiX5L5X/0lWfrf0QADHHhGd3QczcdCUpj911L3vg3W/sYYvuJTs3' +
      'TUUkSUXxaccAS0qhxchrRYt66wiSpGLYL42aM6A8dTT+6k4aSknmPj48kzJs8qLjvd4Xgpue06DOdnLxAUHzM6+kDZ+HMZfJYuR+LtwGc2hgf5gs' +
      'ijff0ekUNXZiqATP7PF5mZxZ3Izoun1s4zG4LUMnvw2r+KqCKIw+3IQH03v+BCA9nMELNqbSf6tiWSrXJB3LAVGUcallcrw8V2t9EL4EhzJWrQUa' +
      'x5wLVMNS0+rUPA3k22Ncx4XXZS9o0MBH27Bo6BpNelZpS+/uh9KsNlY6bHCmJU9p8g7m3fVKn28H3KDYA5Pl/T8Z1ptDAVe0lXdQ2YoyyH2uyPIG' +
      'HBZZIs2pDBS8R07+qN+E7Q==',
    random: '0960688932c47ef1',
    message:
      '<xml><ToUserName><![CDATA[wx5823bf96d3bd56c7]]></ToUserName>\n' +
      '<FromUserName><![CDATA[mycreate]]></FromUserName>\n' +
      '<CreateTime>1409659813</CreateTime>\n' +
      '<MsgType><![CDATA[text]]></MsgType>\n' +
      '<Content><![CDATA[hello]]></Content>\n' +
      '<MsgId>4561255354251345929</MsgId>\n' +
      '<AgentID>218</AgentID>\n' +
      '</xml>',
    receiveId: corpId,
  },
  {
    name: 'D1',
    timestamp: '1409659813',
    nonce: '1372623149',
    msgSignature: 'f2d39dc17a9e2b86b6c59cfaec12512b892ed00a',
    encrypt: 'sKqRbbiSUnDhFHOvPjtUMZy7bEw7RCIpqgWIzK+dhc2dn+9+oB3DOcXgxR1NJvZNofSyr+QGdWGZa7RKbrC98Q==',
    random: '0123456789abcdef',
    message: '1234567890123456789',
    receiveId: corpId,
  },
  {
    name: 'D2 (suite event)',
    timestamp: '1409659813',
    nonce: '1372623149',
    msgSignature: 'a3daa81d775ce8cbd012bdb71c3919482f8e62a8',
    encrypt:
      'sKqRbbiSUnDhFHOvPjtUMeoepyOyy/NnA7d0qhyunW6L71rgh3KMKP64VRda6A5vePe33bphDqZw0mJmjEP65wmVRcFWMt5uvwR1z0L2wLZ/CIpt' +
      'ttNac2ZTsh+CWvEqRgd4J93JV+zVWfqrd96SLl3/Nv2V1kdUZ0H3cdM5mRDUtiIQx6ByA81YM/oJRqhr/v/egXUVvi7OjOUiptI3tOsf27+etnRR' +
      'PerExhd0XC6zdjLEsRxQImhwvXb49rWve69rlQ+gcBashi1Sl4YvebvwVhqUijRm5e2Mpl9u45da/gNC7slSkAesyaMBJsnOXrglLEHIZ63ZoP5t' +
      'OiJ9eQ==',
    random: '0123456789abcdef',
    message:
      '<xml><SuiteId><![CDATA[dk0123456789abcdef]]></SuiteId><InfoType> <![CDATA[suite_ticket]]></InfoType>' +
      '<TimeStamp>1403610513</TimeStamp><SuiteTicket><![CDATA[asdfasfdasdfasdf]]></SuiteTicket></xml>',
    receiveId: 'dk0123456789abcdef',
  },
  {
    name: 'D3 (no corp: empty receiveid)',
    timestamp: '1409659813',
    nonce: '1372623149',
    msgSignature: '3d75d4bf34074a5c142e50ba6ea2568fed1a22ac',
    encrypt: 'sKqRbbiSUnDhFHOvPjtUMVQ2OdU5Cleak/7kYFU/y0Y=',
    random: '0123456789abcdef',
    message: 'ok',
    receiveId: '',
  },
  {
    name: 'D4 (full pad, multi-byte)',
    timestamp: '1409659813',
    nonce: '1372623149',
    msgSignature: 'fe0888cd340fe4da466a92e32f1b31cbedd3d172',
    encrypt:
      'sKqRbbiSUnDhFHOvPjtUMfGCnSB70JWOfx6qKq99Mh+oUp9B/CjaktMBvLRvSyDSPscvYvH/O7RBornurvsLsE+ONaAK48cDwyfqvB1accDiNi/L' +
      '7hty5oTQr4oPxfnx',
    random: '0123456789abcdef',
    message: '企业微信xxxxxxxxxxxxxx',
    receiveId: corpId,
  },
] as const;

const crypto = createEndpointCrypto({ token, encodingAesKey });

const decryptOrThrow = (encrypt: string): DecryptedMessage => {
  const result = crypto.decrypt(encrypt);
  if (!result.ok) {
    throw new Error(`refused: ${result.error.detail}`);
  }
  return result.value;
};

/** Encrypts any plaintext of whole blocks, however wrong its frame is. */
const encryptFrame = (plaintext: Buffer): string => {
  const cipher = createCipheriv('aes-256-cbc', key, iv).setAutoPadding(false);
  return Buffer.concat([cipher.update(plaintext), cipher.final()]).toString('base64');
};

const frame = (messageLength: number, content: string, padding: readonly number[]): Buffer => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(messageLength);
  return Buffer.concat([fixedRandom, length, Buffer.from(content), Buffer.from(padding)]);
};

describe('published vectors', () => {
  it.each(vectors)('$name: the signature is right', ({ timestamp, nonce, encrypt, msgSignature }) => {
    expect(crypto.sign({ timestamp, nonce, encrypt })).toBe(msgSignature);
    expect(crypto.verifySignature({ timestamp, nonce, encrypt, msgSignature })).toBe(true);
  });

  it.each(vectors)('$name: decrypts to the message, receiveid and random', (vector) => {
    const decrypted = decryptOrThrow(vector.encrypt);

    expect(decrypted.message.toString()).toBe(vector.message);
    expect(decrypted.receiveId).toBe(vector.receiveId);
    expect(decrypted.random.toString()).toBe(vector.random);
  });

  it.each(vectors)('$name: encrypts to the same ciphertext', ({ message, receiveId, random, encrypt }) => {
    expect(crypto.encrypt(message, receiveId, { random: Buffer.from(random) })).toBe(encrypt);
  });

  it('V1: the echo string works as it comes out of a query string', () => {
    const query = new URLSearchParams(
      'echostr=P9nAzCzyDtyTWESHep1vC5X9xho%2FqYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp%2B4RPcs8TgAE7OaBO%2BFZXvnaqQ%3D%3D',
    );
    expect(decryptOrThrow(query.get('echostr')!).message.toString()).toBe('1616140317555161061');
  });
});

describe('against @wecom/crypto', () => {
  const text = fc.oneof(
    fc.string({ maxLength: 300 }),
    fc.string({ unit: 'grapheme', maxLength: 300 }),
    fc.string({ minLength: 4_000, maxLength: 5_000 }),
  );
  const id = fc.string({ unit: fc.constantFrom(...'abcXYZ0189_-'), maxLength: 40 });

  it('reads what the other library writes', () => {
    fc.assert(
      fc.property(text, id, (message, receiveId) => {
        const decrypted = decryptOrThrow(otherEncrypt(encodingAesKey, message, receiveId));
        expect(decrypted.message.toString()).toBe(Buffer.from(message).toString());
        expect(decrypted.receiveId).toBe(receiveId);
      }),
    );
  });

  it('writes what the other library reads', () => {
    fc.assert(
      fc.property(text, id, (message, receiveId) => {
        const read = otherDecrypt(encodingAesKey, crypto.encrypt(message, receiveId));
        expect(read.message).toBe(Buffer.from(message).toString());
        expect(read.id).toBe(receiveId);
      }),
    );
  });

  it('agrees for freshly generated keys, and on the signature', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.base64String({ minLength: 4 }), (timestamp, nonce, encrypt) => {
        const keys = { token: generateToken(), encodingAesKey: generateEncodingAesKey() };
        const own = createEndpointCrypto(keys);
        const parts = { timestamp: String(timestamp), nonce: String(nonce), encrypt };

        expect(own.sign(parts)).toBe(getSignature(keys.token, parts.timestamp, parts.nonce, encrypt));
        expect(otherDecrypt(keys.encodingAesKey, own.encrypt('ok', 'dk1')).message).toBe('ok');
      }),
    );
  });

  it('keeps messages apart that go through the same decipher, also after a broken one', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string(), fc.boolean()), { minLength: 2, maxLength: 8 }), (steps) => {
        for (const [message, broken] of steps) {
          const random = Buffer.from(message.padEnd(16, '.')).subarray(0, 16);
          if (broken) {
            crypto.decrypt(Buffer.from(message.repeat(48)).toString('base64'));
          }
          const decrypted = decryptOrThrow(otherEncrypt(encodingAesKey, message, corpId, random));
          expect(decrypted).toEqual({ message: Buffer.from(message), receiveId: corpId, random });
        }
      }),
    );
  });
});

describe('refusals', () => {
  const [{ timestamp, nonce, encrypt, msgSignature }] = vectors;
  const signed = { timestamp, nonce, encrypt, msgSignature };
  const decrypted = (ciphertext: string) => crypto.decrypt(ciphertext);
  const refused = (detail: string) => ({ ok: false, error: { reason: 'AES', detail } });

  it.each([
    ['another signature', { msgSignature: `0${msgSignature.slice(1)}` }],
    ['a shorter signature', { msgSignature: msgSignature.slice(0, 39) }],
    ['a longer signature', { msgSignature: `${msgSignature}0` }],
    ['an empty signature', { msgSignature: '' }],
    ['upper case', { msgSignature: msgSignature.toUpperCase() }],
    ['another timestamp', { timestamp: '1409659590' }],
    ['another nonce', { nonce: '263014781' }],
    ['another ciphertext', { encrypt: `Q${encrypt.slice(1)}` }],
  ])('does not verify %s', (_name, change) => {
    expect(crypto.verifySignature(signed)).toBe(true);
    expect(crypto.verifySignature({ ...signed, ...change })).toBe(false);
  });

  it('does not verify with the token of another endpoint', () => {
    expect(createEndpointCrypto({ token: 'another', encodingAesKey }).verifySignature(signed)).toBe(false);
  });

  it.each([
    ['nothing', ''],
    ['no base64', '!!!'],
    ['a byte too few', Buffer.from(encrypt, 'base64').subarray(0, -1).toString('base64')],
    ['a single block', Buffer.from(encrypt, 'base64').subarray(0, 16).toString('base64')],
  ])('refuses %s by its length', (_name, ciphertext) => {
    expect(decrypted(ciphertext)).toEqual(refused('LENGTH'));
  });

  it.each([
    ['of zero', [0, 0]],
    ['of 33', Array<number>(34).fill(33)],
    ['whose bytes differ', [7, 7, 7, 7, 7, 7, 6, 7]],
  ])('refuses a pad %s', (_name, padding) => {
    const contentLength = 64 - 20 - padding.length;
    const plaintext = frame(contentLength, 'x'.repeat(contentLength), padding);
    expect(decrypted(encryptFrame(plaintext))).toEqual(refused('PADDING'));
  });

  it('accepts a pad of 1 and of 32, and a whole that is no multiple of 32', () => {
    for (const padding of [1, 32]) {
      const content = 'x'.repeat(80 - 20 - padding);
      const plaintext = frame(content.length, content, Array<number>(padding).fill(padding));
      expect(decryptOrThrow(encryptFrame(plaintext)).message.toString()).toBe(content);
    }
  });

  it('refuses a message length that reaches into the pad', () => {
    // 20 bytes of frame, 5 of content, 7 of pad
    expect(decrypted(encryptFrame(frame(5, 'hello', Array<number>(7).fill(7)))).ok).toBe(true);
    expect(decrypted(encryptFrame(frame(6, 'hello', Array<number>(7).fill(7))))).toEqual(refused('MESSAGE_LENGTH'));
    expect(decrypted(encryptFrame(frame(0xffffffff, 'hello', Array<number>(7).fill(7))))).toEqual(
      refused('MESSAGE_LENGTH'),
    );
  });

  it('refuses a pad that reaches into the frame', () => {
    expect(decrypted(encryptFrame(Buffer.alloc(32, 13)))).toEqual(refused('MESSAGE_LENGTH'));
    expect(decrypted(encryptFrame(Buffer.alloc(32, 32)))).toEqual(refused('MESSAGE_LENGTH'));
  });

  it('refuses the ciphertext of another key', () => {
    const other = createEndpointCrypto({ token, encodingAesKey: generateEncodingAesKey() });
    // A wrong key leaves random bytes; a valid pad and length among them is one in billions.
    expect(crypto.decrypt(other.encrypt('x'.repeat(100), corpId)).ok).toBe(false);
  });

  it('never throws, whatever comes', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.base64String({ maxLength: 500 })), (ciphertext) => {
        const result = crypto.decrypt(ciphertext);
        expect(result.ok || result.error.reason).toBe('AES');
      }),
    );
  });

  it('is not made from wrong keys, and does not repeat them', () => {
    expect(() => createEndpointCrypto({ token: 'tok-en', encodingAesKey: 'short' })).toThrow(
      expect.objectContaining({
        code: 'BAD_USER_INPUT',
        violations: [
          expect.objectContaining({ code: 'TOKEN_CHARACTERS' }),
          expect.objectContaining({ code: 'ENCODING_AES_KEY_LENGTH' }),
        ],
        message: expect.not.stringContaining('tok-en'),
      }),
    );
  });
});
