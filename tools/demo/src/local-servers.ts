import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ServerUrls } from '@daikaifa/stack';
import type * as LocalServers from '@daikaifa/local-servers';

export interface DemoServers {
  readonly urls: ServerUrls;
  stop(): Promise<void>;
}

/** Real servers, started or found. The launcher is plain JavaScript outside this bundle. */
export const startLocalServers = async (
  root: string,
  options: { readonly dataFolder: string; readonly print: (line: string) => void },
): Promise<DemoServers> => {
  const launcher = (await import(pathToFileURL(resolve(root, 'tools/local-servers/index.mjs')).href)) as typeof LocalServers;
  const { env, stop } = await launcher.startServers({ need: ['kafka', 'mongo', 'redis'], durable: true, ...options });
  const { MONGO_URL, KAFKA_BROKERS, REDIS_URL } = env;
  if (MONGO_URL === undefined || KAFKA_BROKERS === undefined || REDIS_URL === undefined) {
    throw new Error('the local servers did not give all their addresses');
  }
  return { urls: { MONGO_URL, KAFKA_BROKERS, REDIS_URL }, stop };
};
