// One callback from body to fields, ours against the published way (@wecom/crypto + fast-xml-parser), in one process.
// Run as the README says. Ratios hold between machines, absolute figures do not.
import { decrypt, encrypt, getSignature } from '@wecom/crypto';
import { XMLParser } from 'fast-xml-parser';
import {
  buildEnvelope,
  contentEventId,
  createEndpointCrypto,
  generateEncodingAesKey,
  generateToken,
  parseEnvelope,
  readInnerDocument,
} from '../src';

const ROUNDS = 20_000;
const BATCHES = 7;
const timestamp = '1409659813';
const nonce = '1372623149';
const suiteId = 'dk0123456789abcdef';

const keys = { token: generateToken(), encodingAesKey: generateEncodingAesKey() };
const crypto = createEndpointCrypto(keys);
const parser = new XMLParser();

const callbackOf = (bytes: number) => {
  const message =
    `<xml><SuiteId><![CDATA[${suiteId}]]></SuiteId><InfoType><![CDATA[suite_ticket]]></InfoType>` +
    `<TimeStamp>1403610513</TimeStamp><SuiteTicket><![CDATA[${'t'.repeat(64)}]]></SuiteTicket>` +
    `<Padding><![CDATA[${'x'.repeat(Math.max(0, bytes - 240))}]]></Padding></xml>`;
  const ciphertext = encrypt(keys.encodingAesKey, message, suiteId);
  const body = buildEnvelope({ toUserName: suiteId, agentId: '', encrypt: ciphertext });
  return { body: Buffer.from(body), msgSignature: getSignature(keys.token, timestamp, nonce, ciphertext) };
};

type Callback = ReturnType<typeof callbackOf>;

const ours = ({ body, msgSignature }: Callback): string => {
  const envelope = parseEnvelope(body);
  if (!envelope.ok || !crypto.verifySignature({ timestamp, nonce, encrypt: envelope.value.encrypt, msgSignature })) {
    throw new Error('refused');
  }
  const decrypted = crypto.decrypt(envelope.value.encrypt);
  if (!decrypted.ok) {
    throw new Error('refused');
  }
  const inner = readInnerDocument(decrypted.value.message);
  const id = contentEventId('endpoint', decrypted.value.message);
  return inner.class === 'SUITE' && id.length === 36 ? inner.suiteId : '';
};

const published = ({ body, msgSignature }: Callback): string => {
  const envelope = parser.parse(body.toString()) as { xml: { Encrypt: string } };
  if (getSignature(keys.token, timestamp, nonce, envelope.xml.Encrypt) !== msgSignature) {
    throw new Error('refused');
  }
  const { message } = decrypt(keys.encodingAesKey, envelope.xml.Encrypt);
  return (parser.parse(message) as { xml: { SuiteId: string } }).xml.SuiteId;
};

/** Microseconds per callback: the best of several batches, the others had company on the core. */
const measure = (handle: (callback: Callback) => string, callback: Callback): number => {
  const batches = Array.from({ length: BATCHES }, () => {
    const startedAt = performance.now();
    for (let round = 0; round < ROUNDS; round += 1) {
      if (handle(callback) !== suiteId) {
        throw new Error('wrong answer');
      }
    }
    return ((performance.now() - startedAt) * 1_000) / ROUNDS;
  });
  return Math.min(...batches);
};

for (const bytes of [1_024, 4_096]) {
  const callback = callbackOf(bytes);
  const fast = measure(ours, callback);
  const slow = measure(published, callback);
  process.stdout.write(
    `${bytes} bytes: ours with content id ${fast.toFixed(1)} µs, ` +
      `@wecom/crypto + fast-xml-parser ${slow.toFixed(1)} µs, ratio ${(slow / fast).toFixed(1)}\n`,
  );
}
