import { connect, createServer, type Socket } from 'node:net';
import { eventually } from '@daikaifa/testing';

/** One call of a service to a server, as read on the wire. */
export interface WireCall {
  /** Kafka: `Produce`, `OffsetCommit`, `Other`. MongoDB: name of the command, such as `insert` or `findAndModify`. */
  readonly name: string;
  readonly bytes: Buffer;
}

/** Which calls a hold is about, also in words for when none comes. */
export interface Meant {
  readonly words: string;
  is(call: WireCall): boolean;
}

/** Keeps the calls that are meant back; what comes after them on their connection waits behind them. */
export interface Hold {
  /** Resolves when as many calls are kept back. */
  untilCaught(calls?: number): Promise<void>;
  release(): void;
}

/**
 * Stands between one service and one server. Everything passes until a hold is ordered. What is kept back when the
 * service dies never passes.
 */
export interface Wire {
  /** `host:port`, for the service's settings. */
  readonly address: string;
  /** REQUEST: the server never sees the call. ANSWER: it has done what was asked, and the service does not know. */
  hold(what: 'REQUEST' | 'ANSWER', meant: Meant): Hold;
  /** Resolves when the service has no connection any more. */
  untilSilent(): Promise<void>;
  stop(): Promise<void>;
}

interface Protocol {
  /** Length of the frame that begins with these four bytes. */
  lengthOf(start: Buffer): number;
  read(frame: Buffer): { readonly id: number; readonly name: string };
  /** To which request this is the answer. */
  answerTo(frame: Buffer): number;
  /** What the service may see of an answer, so that it comes this way again. */
  rewrite(call: WireCall | undefined, frame: Buffer): Buffer;
}

interface OrderedHold {
  readonly what: 'REQUEST' | 'ANSWER';
  readonly meant: Meant;
  readonly resume: Set<() => void>;
  caught: number;
}

const HOST = '127.0.0.1';
const LENGTH_BYTES = 4;

const splitFrames = (protocol: Protocol, onFrame: (frame: Buffer) => void): ((chunk: Buffer) => void) => {
  let chunks: Buffer[] = [];
  let bytes = 0;
  let needed = LENGTH_BYTES;
  return (chunk) => {
    chunks.push(chunk);
    bytes += chunk.length;
    // A frame of megabytes comes in hundreds of chunks, and is put together once.
    if (bytes < needed) {
      return;
    }
    let rest = chunks.length === 1 ? chunk : Buffer.concat(chunks);
    needed = LENGTH_BYTES;
    while (rest.length >= needed) {
      needed = protocol.lengthOf(rest);
      if (rest.length >= needed) {
        const frame = rest.subarray(0, needed);
        rest = rest.subarray(needed);
        needed = LENGTH_BYTES;
        onFrame(frame);
      }
    }
    chunks = rest.length === 0 ? [] : [rest];
    bytes = rest.length;
  };
};

interface Passing {
  readonly call: WireCall | undefined;
  readonly frame: Buffer;
}

/** One direction of one connection, in order. */
const createLane = (holdOf: (call: WireCall) => OrderedHold | undefined, send: (frame: Buffer) => void) => {
  let waiting: Passing[] = [];
  let isHeld = false;

  const push = (passing: Passing): void => {
    const hold = isHeld || passing.call === undefined ? undefined : holdOf(passing.call);
    if (hold !== undefined) {
      isHeld = true;
      hold.caught += 1;
      hold.resume.add(resume);
    }
    if (isHeld) {
      waiting.push(passing);
    } else {
      send(passing.frame);
    }
  };

  const resume = (): void => {
    const all = waiting;
    waiting = [];
    isHeld = false;
    all.forEach(push);
  };
  return push;
};

type Look = (call: WireCall) => void;

const startWire = async (
  target: { readonly host: string; readonly port: number },
  protocolAt: (port: number) => Protocol,
  look?: Look,
) => {
  const holds = new Set<OrderedHold>();
  const sockets = new Set<Socket>();
  const findHold = (what: OrderedHold['what']) => (call: WireCall) =>
    [...holds].find((hold) => hold.what === what && hold.meant.is(call));

  const server = createServer((service) => {
    const upstream = connect(target.port, target.host);
    const pending = new Map<number, WireCall>();
    const toServer = createLane(findHold('REQUEST'), (frame) => upstream.write(frame));
    const toService = createLane(findHold('ANSWER'), (frame) => service.write(frame));
    service.on(
      'data',
      splitFrames(protocol, (bytes) => {
        const { id, name } = protocol.read(bytes);
        const call = { name, bytes };
        pending.set(id, call);
        look?.(call);
        toServer({ call, frame: bytes });
      }),
    );
    upstream.on(
      'data',
      splitFrames(protocol, (bytes) => {
        const id = protocol.answerTo(bytes);
        const call = pending.get(id);
        pending.delete(id);
        toService({ call, frame: protocol.rewrite(call, bytes) });
      }),
    );
    for (const [socket, other] of [[service, upstream], [upstream, service]] as const) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
  });
  await new Promise<void>((listening) => server.listen(0, HOST, listening));
  const address = server.address();
  if (address === null || typeof address === 'string') {
    throw new Error('the wire has no port');
  }
  const protocol = protocolAt(address.port);

  const wire: Wire = {
    address: `${HOST}:${address.port}`,
    hold: (what, meant) => {
      const hold: OrderedHold = { what, meant, resume: new Set(), caught: 0 };
      holds.add(hold);
      return {
        untilCaught: async (calls = 1) => {
          await eventually(() => hold.caught >= calls, { everyMs: 5 }).catch((cause: unknown) => {
            throw new Error(`nothing to hold back: ${meant.words}`, { cause });
          });
        },
        release: () => {
          holds.delete(hold);
          hold.resume.forEach((resume) => resume());
        },
      };
    },
    untilSilent: async () => {
      await eventually(() => sockets.size === 0, { everyMs: 5 });
    },
    stop: () =>
      new Promise<void>((stopped) => {
        server.close(() => stopped());
        sockets.forEach((socket) => socket.destroy());
      }),
  };
  return wire;
};

const targetOf = (url: URL, defaultPort: number) => ({ host: url.hostname, port: Number(url.port) || defaultPort });

const KAFKA_CALLS: Readonly<Record<number, string>> = { 0: 'Produce', 8: 'OffsetCommit' };
/** Metadata and FindCoordinator: their answers say where the brokers are. */
const KAFKA_NAMES_BROKERS = new Set([3, 10]);

const kafkaAddress = ({ host, port }: { readonly host: string; readonly port: number }): Buffer => {
  const bytes = Buffer.alloc(2 + host.length + 4);
  bytes.writeInt16BE(host.length, 0);
  bytes.write(host, 2, 'latin1');
  bytes.writeInt32BE(port, 2 + host.length);
  return bytes;
};

/** To a broker: Kafka's request header is api (2 bytes), version (2), correlation id (4); answers begin with the id. */
export const startKafkaWire = (broker: string): Promise<Wire> => {
  const target = targetOf(new URL(`kafka://${broker}`), 9092);
  return startWire(target, (port) => {
    const real = kafkaAddress(target);
    const ours = kafkaAddress({ host: target.host, port });
    return {
      lengthOf: (start) => start.readInt32BE(0) + LENGTH_BYTES,
      read: (frame) => ({ id: frame.readInt32BE(8), name: KAFKA_CALLS[frame.readInt16BE(4)] ?? 'Other' }),
      answerTo: (frame) => frame.readInt32BE(4),
      rewrite: (call, frame) => {
        if (call === undefined || !KAFKA_NAMES_BROKERS.has(call.bytes.readInt16BE(4))) {
          return frame;
        }
        const rewritten = Buffer.from(frame);
        for (let at = rewritten.indexOf(real); at >= 0; at = rewritten.indexOf(real, at + 1)) {
          ours.copy(rewritten, at);
        }
        return rewritten;
      },
    };
  });
};

const OP_MSG = 2013;
/** Header (16), flags (4), kind of the first section (1), length of its document (4), type of the first field (1). */
const FIRST_KEY_AT = 26;

const mongoCommand = (frame: Buffer): string =>
  frame.readInt32LE(12) === OP_MSG ? frame.toString('utf8', FIRST_KEY_AT, frame.indexOf(0, FIRST_KEY_AT)) : 'legacy';

/**
 * To a MongoDB server; the header is length, request id, id of the request that is answered, kind of message.
 * @param look sees every call
 */
export const startMongoWire = (url: string, look?: Look): Promise<Wire> => {
  const protocol: Protocol = {
    lengthOf: (start) => start.readInt32LE(0),
    read: (frame) => ({ id: frame.readInt32LE(4), name: mongoCommand(frame) }),
    answerTo: (frame) => frame.readInt32LE(8),
    rewrite: (_call, frame) => frame,
  };
  return startWire(targetOf(new URL(url), 27_017), () => protocol, look);
};
