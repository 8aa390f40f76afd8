import { resolve } from 'node:path';

/** A server of one spec file, which it may freeze, kill and start again, or keep busy. */
export interface PrivateServer {
  /** As in the setting of its kind: MONGO_URL, REDIS_URL, a broker of KAFKA_BROKERS. */
  readonly url: string;
  /** Freezes it: connections stay open and nothing answers. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Ends it as a crash would. */
  kill(): Promise<void>;
  /** On the same port, with the same data. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

type PrivateServerName = 'kafka' | 'mongo' | 'redis';

// By path: the launcher is no library, it also runs where nothing is built yet.
const launcher: string = resolve(__dirname, '../../../tools/local-servers/index.mjs');

export const startPrivateServer = async (name: PrivateServerName): Promise<PrivateServer> => {
  const { startServer } = (await import(launcher)) as { startServer(name: PrivateServerName): Promise<PrivateServer> };
  return startServer(name);
};
