import { Redis } from 'ioredis';
import type { Logger } from '@daikaifa/observability';

export interface RedisConnection {
  readonly client: Redis;
  /** Throws while the server does not answer. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

const COMMAND_TIMEOUT_MS = 5000;
const MAX_RECONNECT_DELAY_MS = 2000;

interface RedisOptions {
  readonly url: string;
  /** Put before every key, with a colon. */
  readonly prefix: string;
  readonly logger: Logger;
}

/**
 * Connects in the background and reconnects for ever; a command that cannot be sent within 5 s rejects,
 * so that a caller is never held by a server that is away.
 */
export const connectRedis = ({ url, prefix, logger }: RedisOptions): RedisConnection => {
  const client = new Redis(url, {
    keyPrefix: `${prefix}:`,
    maxRetriesPerRequest: 1,
    commandTimeout: COMMAND_TIMEOUT_MS,
    retryStrategy: (attempt) => Math.min(attempt * 100, MAX_RECONNECT_DELAY_MS),
  });
  let isAway = false;
  client.on('error', (error: Error) => {
    // ioredis repeats the error with each attempt; one line per outage is enough.
    if (!isAway) {
      isAway = true;
      logger.warn({ err: error }, 'redis is away');
    }
  });
  client.on('ready', () => {
    isAway = false;
  });
  return {
    client,
    ping: async () => {
      await client.ping();
    },
    close: async () => {
      client.disconnect();
    },
  };
};
