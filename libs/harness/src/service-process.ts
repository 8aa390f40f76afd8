import { isAppError } from '@daikaifa/kernel';
import type { App, Overrides } from '@daikaifa/service';
import { silentLogger, testIdentitySecret, testServers, uniqueName } from '@daikaifa/testing';

/**
 * What every service is configured with in a spec file, which owns its database, topic prefix, key prefix and,
 * through the prefix, its consumer group. Spread it, add the service's own variables, and load it.
 */
export const ownEnvironment = (service: string): Record<string, string> => {
  const servers = testServers();
  const name = uniqueName(service);
  return {
    HTTP_PORT: '0',
    MONGO_URL: servers.mongoUrl,
    MONGO_DATABASE_PREFIX: `${name}-`,
    MONGO_MAX_POOL_SIZE: '4',
    REDIS_URL: servers.redisUrl,
    REDIS_KEY_PREFIX: name,
    KAFKA_BROKERS: servers.kafkaBrokers.join(','),
    KAFKA_TOPIC_PREFIX: `${name}.`,
    GATEWAY_IDENTITY_SECRET: testIdentitySecret,
    LOG_LEVEL: 'silent',
  };
};

/** As whoever supervises processes would: what could not begin because a server did not answer in time begins anew. */
const STARTS = 3;

/** The real service in this process, without logs and without telemetry of its own. */
export const startService = async <Config, More extends Overrides>(
  createApp: (config: Config, overrides: More) => Promise<App>,
  config: Config,
  overrides: More = {} as More,
): Promise<App> => {
  const telemetry = { metricsText: async () => '', stop: async () => undefined };
  for (let starts = 1; ; starts += 1) {
    const app = await createApp(config, { logger: silentLogger(), telemetry, ...overrides });
    try {
      await app.start();
      return app;
    } catch (error) {
      await app.stop().catch(() => undefined);
      if (starts === STARTS || !isAppError(error) || !error.retryable) {
        throw error;
      }
    }
  }
};
