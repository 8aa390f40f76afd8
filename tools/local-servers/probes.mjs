// "The port is open" is not "the server answers": each probe makes one real exchange of the server's own protocol.
import { connect } from 'node:net';

/** Sends `request` and resolves with what `read` makes of the bytes received; undefined: wait for more. */
function exchange({ host = '127.0.0.1', port, timeoutMs = 2_000 }, request, read) {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    let received = Buffer.alloc(0);
    const finish = (settle, value) => {
      socket.destroy();
      settle(value);
    };
    socket.setTimeout(timeoutMs, () => finish(reject, new Error(`no answer from ${host}:${port} in ${timeoutMs} ms`)));
    socket.once('error', (error) => finish(reject, error));
    socket.once('close', () => reject(new Error(`${host}:${port} closed the connection`)));
    socket.once('connect', () => socket.write(request));
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      try {
        const answer = read(received);
        if (answer !== undefined) finish(resolve, answer);
      } catch (error) {
        finish(reject, error);
      }
    });
  });
}

/** Whole length-prefixed frame or undefined. */
const frame = (bytes, length, prefix) => (bytes.length >= prefix && bytes.length >= length(bytes) ? bytes : undefined);

/** Redis: PING. An instance that wants a password is up; one that is still loading its data is not. */
export const probeRedis = (address) =>
  exchange(address, '*1\r\n$4\r\nPING\r\n', (bytes) => {
    const text = bytes.toString('latin1');
    if (!text.includes('\r\n')) return undefined;
    if (text.startsWith('+PONG') || text.startsWith('-NOAUTH')) return true;
    throw new Error(`Redis answered: ${text.split('\r\n')[0]}`);
  });

/** BSON of { hello: 1, $db: 'admin' }. */
function helloDocument() {
  const body = Buffer.concat([
    Buffer.from('\x10hello\0', 'latin1'),
    Buffer.from([1, 0, 0, 0]),
    Buffer.from('\x02$db\0', 'latin1'),
    Buffer.from([6, 0, 0, 0]),
    Buffer.from('admin\0\0', 'latin1'),
  ]);
  const length = Buffer.alloc(4);
  length.writeInt32LE(body.length + 4);
  return Buffer.concat([length, body]);
}

const opMsg = 2013;

/** MongoDB: the `hello` command as OP_MSG, answered with ok: 1. */
export function probeMongo(address) {
  const document = helloDocument();
  const head = Buffer.alloc(21);
  head.writeInt32LE(head.length + document.length, 0);
  head.writeInt32LE(1, 4);
  head.writeInt32LE(opMsg, 12);
  return exchange(address, Buffer.concat([head, document]), (bytes) => {
    if (frame(bytes, (all) => all.readInt32LE(0), 16) === undefined) return undefined;
    if (bytes.readInt32LE(12) !== opMsg) throw new Error('this is not a MongoDB server of today');
    const okField = bytes.indexOf(Buffer.from('\x01ok\0', 'latin1'));
    if (okField < 0 || bytes.readDoubleLE(okField + 4) !== 1) throw new Error('MongoDB refused the hello command');
    return true;
  });
}

const apiVersionsKey = 18;

/** Kafka: an ApiVersions request, answered without an error code and with at least one API. */
export function probeKafka(address) {
  const client = Buffer.from('local-servers');
  const request = Buffer.alloc(4 + 2 + 2 + 4 + 2);
  request.writeInt32BE(request.length - 4 + client.length, 0);
  request.writeInt16BE(apiVersionsKey, 4);
  request.writeInt16BE(0, 6);
  request.writeInt32BE(7, 8);
  request.writeInt16BE(client.length, 12);
  return exchange(address, Buffer.concat([request, client]), (bytes) => {
    if (frame(bytes, (all) => all.readInt32BE(0) + 4, 14) === undefined) return undefined;
    if (bytes.readInt32BE(4) !== 7) throw new Error('this is not a Kafka broker');
    const code = bytes.readInt16BE(8);
    if (code !== 0) throw new Error(`Kafka answered ApiVersions with error code ${code}`);
    if (bytes.readInt32BE(10) < 1) throw new Error('Kafka offers no API');
    return true;
  });
}

/** Only that something accepts connections: for addresses behind TLS. */
export const probeTcp = ({ host, port, timeoutMs = 2_000 }) =>
  new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    socket.setTimeout(timeoutMs, () => socket.destroy(new Error(`no answer from ${host}:${port} in ${timeoutMs} ms`)));
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
