import type { Logger } from '@daikaifa/observability';
import mongoose, { type Connection } from 'mongoose';
import { orUnavailable } from './mongo-fault';

export interface ConnectMongoOptions {
  readonly url: string;
  /** One database per service. */
  readonly database: string;
  /** Default 4: writes wait for the journal, more sockets only queue at the server. */
  readonly maxPoolSize?: number;
  readonly logger: Logger;
}

export interface MongoConnection {
  readonly connection: Connection;
  /** For readiness. @throws AppError UNAVAILABLE after 3 s without an answer of the primary */
  ping(): Promise<void>;
  close(): Promise<void>;
}

const PING_TIMEOUT_MS = 3_000;

/** A limit of its own: the driver's would let a readiness check wait for selection, socket and a second try. */
const inTime = async (answer: Promise<unknown>, limitMs: number): Promise<void> => {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new mongoose.mongo.MongoNetworkTimeoutError(`no answer within ${limitMs} ms`)),
      limitMs,
    );
  });
  try {
    await Promise.race([answer, tooLate]);
  } finally {
    clearTimeout(timer);
  }
};

/**
 * Connects with `{ w: majority, j: true }`. No command waits for ever: one that finds no primary fails after 5 s, one
 * whose answer does not come after 10 s, each repeated once by the driver. It reconnects by itself.
 * @throws AppError UNAVAILABLE when no primary answers within 5 s
 */
export const connectMongo = async (options: ConnectMongoOptions): Promise<MongoConnection> => {
  const { logger, database } = options;
  const connection = mongoose.createConnection(options.url, {
    dbName: database,
    maxPoolSize: options.maxPoolSize ?? 4,
    writeConcern: { w: 'majority', journal: true },
    serverSelectionTimeoutMS: 5_000,
    connectTimeoutMS: 5_000,
    socketTimeoutMS: 10_000,
    waitQueueTimeoutMS: 10_000,
    heartbeatFrequencyMS: 2_000,
    bufferCommands: false,
    // An absent field stays absent; the driver would store null.
    ignoreUndefined: true,
    // Indexes are made once, at start, by ensureIndexes: a process that cannot make them must not take traffic.
    autoIndex: false,
    autoCreate: false,
  });
  connection.on('disconnected', () => logger.warn({ 'mongo.database': database }, 'mongodb connection lost'));
  connection.on('reconnected', () => logger.info({ 'mongo.database': database }, 'mongodb connection restored'));
  connection.on('error', (err) => logger.warn({ err, 'mongo.database': database }, 'mongodb connection failed'));
  try {
    await orUnavailable(() => connection.asPromise());
  } catch (error) {
    await connection.close(true).catch(() => undefined);
    throw error;
  }
  return {
    connection,
    ping: () => orUnavailable(() => inTime(connection.getClient().db(database).command({ ping: 1 }), PING_TIMEOUT_MS)),
    close: async () => {
      connection.removeAllListeners('disconnected');
      await connection.close();
    },
  };
};

/** Makes every index of every store defined on the connection. Awaited once, before a process takes traffic. */
export const ensureIndexes = (connection: Connection): Promise<void> =>
  orUnavailable(async () => {
    for (const model of Object.values(connection.models)) {
      await model.createIndexes();
    }
  });
