import { z } from 'zod';
import { optionalSecretSetting, optionalSetting, secretSetting, setting, type Setting } from './setting';

const port = z.coerce.number().int().min(0).max(65_535);
const positive = z.coerce.number().int().positive();
const list = z
  .string()
  .transform((value) => value.split(',').map((part) => part.trim()))
  .pipe(z.array(z.string().min(1)));
const flag = z.enum(['true', 'false']).transform((value) => value === 'true');

/** Readers for values that several services give names of their own. */
export const values = {
  port,
  positive,
  list,
  flag,
  url: z.url(),
  text: z.string().min(1),
  oneOf: <const Choice extends string>(...choices: readonly [Choice, ...Choice[]]) => z.enum(choices),
};

/** Of every client that calls addresses which users give. */
export const allowedRangesSetting = (description: string) =>
  setting({
    env: 'GUARDED_CLIENT_ALLOWED_RANGES',
    schema: z.string().transform((value) => value.split(',').map((part) => part.trim()).filter((part) => part !== '')),
    default: '',
    description,
  });

export const environmentSetting = () =>
  setting({
    env: 'DAIKAIFA_ENV',
    schema: z.enum(['development', 'production']),
    default: 'development',
    description: 'production refuses development issuers, plain http addresses and unsafe broker settings',
  });

export const httpSettings = (defaultPort: number) => ({
  host: setting({ env: 'HTTP_HOST', schema: values.text, default: '127.0.0.1', description: 'address to listen on' }),
  port: setting({ env: 'HTTP_PORT', schema: port, default: defaultPort, description: 'port to listen on; 0 = any free one' }),
});

export const mongoSettings = () => ({
  url: setting({ env: 'MONGO_URL', schema: values.text, description: 'MongoDB connection string, without a database' }),
  databasePrefix: setting({
    env: 'MONGO_DATABASE_PREFIX',
    schema: z.string(),
    default: 'daikaifa-',
    description: 'prefix of the database name; the service adds its own name',
  }),
  maxPoolSize: setting({ env: 'MONGO_MAX_POOL_SIZE', schema: positive, default: 8, description: 'connections per process' }),
});

export const redisSettings = () => ({
  cacheUrl: setting({ env: 'REDIS_URL', schema: values.text, description: 'Redis for locks and caches' }),
  queueUrl: optionalSetting({
    env: 'QUEUE_REDIS_URL',
    schema: values.text,
    description: 'Redis for job queues (maxmemory-policy noeviction); REDIS_URL when absent',
  }),
  prefix: setting({ env: 'REDIS_KEY_PREFIX', schema: values.text, default: 'daikaifa', description: 'prefix of every key' }),
});

export const kafkaSettings = () => ({
  brokers: setting({ env: 'KAFKA_BROKERS', schema: list, description: 'host:port list, comma-separated' }),
  topicPrefix: setting({
    env: 'KAFKA_TOPIC_PREFIX',
    schema: z.string(),
    default: '',
    description: 'put before every topic and group name, so that deployments can share a cluster',
  }),
  replicationFactor: setting({
    env: 'KAFKA_REPLICATION_FACTOR',
    schema: positive,
    default: 1,
    description: 'replicas of topics made at start; production wants at least 3',
  }),
  sessionTimeoutMs: setting({
    env: 'KAFKA_SESSION_TIMEOUT_MS',
    schema: z.coerce.number().int().min(3_000),
    default: 10_000,
    description:
      'a process that was killed counts as gone after this time, its partitions go to others then; the broker sets limits too (group.min.session.timeout.ms)',
  }),
});

export const telemetrySettings = () => ({
  logLevel: setting({
    env: 'LOG_LEVEL',
    schema: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']),
    default: 'info',
    description: 'lowest level that is logged',
  }),
  otlpUrl: optionalSetting({
    env: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    schema: values.url,
    description: 'OTLP/HTTP receiver of traces; none are exported when absent',
  }),
});

/** Between the gateway and the subgraphs. */
export const identitySettings = () => ({
  secret: secretSetting({
    env: 'GATEWAY_IDENTITY_SECRET',
    schema: z.string().min(32, 'at least 32 characters'),
    description: 'shared by gateway and services; signs the identity of the caller',
  }),
});

/** How JWTs of people and backends are verified. */
export const tokenSettings = () => ({
  jwksUrl: optionalSetting({ env: 'AUTH_JWKS_URL', schema: values.url, description: 'JWKS of the identity provider' }),
  issuer: setting({ env: 'AUTH_ISSUER', schema: values.text, default: 'daikaifa-development', description: 'expected iss' }),
  audience: setting({ env: 'AUTH_AUDIENCE', schema: values.text, default: 'daikaifa', description: 'expected aud' }),
  developmentSecret: optionalSecretSetting({
    env: 'AUTH_DEVELOPMENT_SECRET',
    schema: z.string().min(32, 'at least 32 characters'),
    description: 'HS256 secret of the development issuer; refused in production',
  }),
});

/** A key ring `kid:base64key,kid2:base64key`; the first is used to seal, all to open. */
export const keyRingSetting = (env: string, description: string) =>
  secretSetting({ env, schema: z.string().min(1), description });

/** Which parts of the service this process runs. */
export const rolesSetting = <Role extends string>(all: readonly [Role, ...Role[]]): Setting<readonly Role[]> =>
  setting({
    env: 'ROLES',
    schema: list.pipe(z.array(z.enum(all))) as unknown as z.ZodType<readonly Role[]>,
    default: all.join(','),
    description: `parts that run in this process: ${all.join(', ')}`,
  });
