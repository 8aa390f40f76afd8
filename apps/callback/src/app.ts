import {
  delegatedTemplateTopic,
  endpointTopic,
  publisherTopic,
  suiteTopic,
  wecomSuiteTopic,
  type AnyTopic,
} from '@daikaifa/contracts';
import { createSubgraph } from '@daikaifa/graphql';
import { createJobQueues, createJobWorkers } from '@daikaifa/jobs';
import { newId, systemClock, type Clock } from '@daikaifa/kernel';
import {
  anyFault,
  connectKafka,
  createConsumers,
  createSender,
  ensureTopics,
  isDependencyFault,
  type ProjectionStore,
} from '@daikaifa/messaging';
import { connectMongo, createOutbox, createProjectionStore, ensureIndexes, isMongoFault } from '@daikaifa/mongo';
import {
  createHttpServer,
  createLogger,
  gauge,
  listen,
  startTelemetry,
  type Logger,
  type Telemetry,
} from '@daikaifa/observability';
import { connectRedis } from '@daikaifa/redis';
import { createGuardedClient, createKeyRing } from '@daikaifa/security';
import type { Limits } from './application/ports';
import { createUseCases } from './application/use-cases';
import { refuseUnsafe, type CallbackConfig } from './config';
import { createGraphqlContext } from './graphql/context';
import { resolvers } from './graphql/resolvers/resolvers';
import sdl from './graphql/schema.graphql';
import { ingressCounters } from './http/ingress-counters';
import { ingressRoutes } from './http/ingress-routes';
import { jobCatalog } from './jobs/catalog';
import { jobHandlers } from './jobs/handlers';
import { createMover } from './jobs/mover';
import { delegatedTemplateConsumer } from './messaging/delegated-template.consumer';
import { endpointState } from './messaging/published-state';
import { publisherConsumer } from './messaging/publisher.consumer';
import { createEventWriter } from './messaging/suite-event';
import { suiteConsumer } from './messaging/suite.consumer';
import { createBacklogRepository } from './persistence/backlog.repository';
import { createDirectoryRepository } from './persistence/directory.repository';
import { createEndpointRepository } from './persistence/endpoint.repository';
import { createReceiptRepository } from './persistence/receipts.repository';
import { createRecentEvents } from './persistence/recent-events';
import { createRefusalRepository } from './persistence/refusals.repository';
import { createCallbackProbe } from './wecom/callback-probe';
import { createKeyVault } from './wecom/key-vault';
import { createMessageReader } from './wecom/message-reader';

const SERVICE = 'callback';
const PUBLISHED: readonly AnyTopic[] = [endpointTopic, wecomSuiteTopic];
const CONSUMED: readonly AnyTopic[] = [delegatedTemplateTopic, publisherTopic, suiteTopic];

const SECOND_MS = 1_000;
const HOUR_MS = 3_600_000;
const WARM_ENDPOINTS = 2_000;
const PROBE_ANSWER_BYTES = 65_536;
/** What WeCom allows for the answer to a URL verification. */
const PROBE_MS = 1_000;

/** What tests put in place of the real thing. */
export interface Overrides {
  readonly logger?: Logger;
  readonly telemetry?: Telemetry;
  readonly clock?: Clock;
  /** Time limits: on a machine that tests share, WeCom's second is no measure of what is right. */
  readonly limits?: Partial<Limits>;
  readonly projections?: (real: ProjectionStore) => ProjectionStore;
}

export interface App {
  /** Set by `start`. */
  readonly url: string;
  start(): Promise<void>;
  /** Stop intake, drain, close. */
  stop(): Promise<void>;
}

const limitsOf = ({ ingress, journal, probe }: CallbackConfig): Limits => ({
  maxBodyBytes: ingress.maxBodyBytes,
  // Kafka's wait, then MongoDB, then the way back: inside WeCom's second.
  answerMs: 900,
  brokerMs: ingress.kafkaWaitMs,
  storeMs: 350,
  lookUpMs: 150,
  rereadMs: 500,
  dedupeWindowMs: HOUR_MS,
  parkedMs: ingress.parkedHours * HOUR_MS,
  parkedPerEndpoint: 5_000,
  keyGraceMs: ingress.keyGraceHours * HOUR_MS,
  probeEveryMs: probe.everySec * SECOND_MS,
  refusalsPerEndpoint: journal.refusalsPerEndpoint,
});

/** Long enough for another mover to let go of its lease. */
const MOVE_DELAY_MS = 50;

/** Builds the service; traffic, events and jobs flow from `start` on. */
export const createApp = async (config: CallbackConfig, overrides: Overrides = {}): Promise<App> => {
  refuseUnsafe(config);
  const logger = overrides.logger ?? createLogger({ service: SERVICE, level: config.telemetry.logLevel });
  const clock = overrides.clock ?? systemClock;
  const { otlpUrl } = config.telemetry;
  const telemetry = overrides.telemetry ?? startTelemetry({ service: SERVICE, ...(otlpUrl && { otlpUrl }) });
  const limits = { ...limitsOf(config), ...overrides.limits };
  const has = (role: CallbackConfig['roles'][number]): boolean => config.roles.includes(role);

  const { databasePrefix, ...mongoOptions } = config.mongo;
  const mongo = await connectMongo({ ...mongoOptions, database: `${databasePrefix}${SERVICE}`, logger });
  const { connection } = mongo;
  const { cacheUrl, queueUrl, prefix } = config.redis;
  const redis = connectRedis({ url: cacheUrl, prefix: `${prefix}:${SERVICE}`, logger });
  const kafka = connectKafka({ ...config.kafka, clientId: SERVICE, logger, environment: config.environment });
  const sender = createSender(kafka);
  const hotSender = createSender(kafka, { timeoutMs: limits.brokerMs });
  const outbox = createOutbox({ connection, sender, logger, clock, source: `daikaifa/${SERVICE}` });
  const jobs = { redisUrl: queueUrl ?? cacheUrl, prefix, service: SERVICE, catalog: jobCatalog, logger };
  const queues = createJobQueues(jobs);

  const keepMs = config.journal.keepDays * 24 * HOUR_MS;
  const receipts = createReceiptRepository(connection, { keepMs, logger });
  const refusals = createRefusalRepository(connection, { keepMs, logger });
  const backlog = createBacklogRepository(connection);
  const client = createGuardedClient({
    allowedRanges: config.probe.allowedRanges,
    requireHttps: config.environment === 'production',
    maxBodyBytes: PROBE_ANSWER_BYTES,
    timeoutMs: PROBE_MS,
  });
  const useCases = createUseCases({
    endpoints: createEndpointRepository({ connection, outbox, publicState: endpointState }),
    directory: createDirectoryRepository(connection),
    vault: createKeyVault(createKeyRing(config.keyRing.reveal())),
    reader: createMessageReader(limits.maxBodyBytes),
    writer: createEventWriter(createKeyRing(config.transportKeyRing.reveal())),
    hotLog: hotSender,
    log: sender,
    backlog,
    receipts,
    refusals,
    recent: createRecentEvents(redis, { windowMs: limits.dedupeWindowMs, clock, logger }),
    probe: createCallbackProbe(client, clock),
    wakes: {
      probe: (endpointId) => queues.wake('probe-endpoint', { endpointId }),
      moveStored: () => queues.wake('move-stored', {}, { delayMs: MOVE_DELAY_MS }),
    },
    counters: ingressCounters,
    limits,
    baseUrl: config.publicBaseUrl,
    logger,
    clock,
    newId,
  });

  const projections = createProjectionStore({ connection });
  const consumers = createConsumers({
    client: kafka,
    group: SERVICE,
    consumers: [delegatedTemplateConsumer(useCases), publisherConsumer(useCases), suiteConsumer(useCases)],
    projections: overrides.projections?.(projections) ?? projections,
    sender,
    logger,
    isDependencyFault: anyFault(isDependencyFault, isMongoFault),
  });
  const workers = createJobWorkers({ ...jobs, handlers: jobHandlers(useCases, consumers, logger) });
  const mover = createMover(useCases, logger);

  const takesEvents = async (): Promise<void> => {
    if (!hotSender.healthy()) {
      await mongo.ping();
    }
  };
  const server = createHttpServer({
    service: SERVICE,
    logger,
    telemetry,
    readiness: {
      ...(has('api') && { mongodb: mongo.ping }),
      ...(has('ingress') && { 'kafka or mongodb': takesEvents }),
    },
  });

  const addApi = () =>
    server.register(
      createSubgraph({
        sdl,
        resolvers,
        context: (viewer) => createGraphqlContext(viewer, useCases),
        identitySecret: config.identity.secret.reveal(),
        logger,
        introspection: config.introspection,
      }),
    );

  const startIngress = async (): Promise<void> => {
    await hotSender.start();
    useCases.warmUp(WARM_ENDPOINTS).catch((err: unknown) => logger.warn({ err }, 'endpoints are read one by one'));
    mover.start();
    await server.register(ingressRoutes(useCases, limits));
  };

  gauge('callback_stored_events', 'Events in MongoDB that wait for Kafka', () => backlog.count('STORED'));
  gauge('callback_parked_events', 'Events in MongoDB that wait for their suite', () => backlog.count('PARKED'));

  let url = '';
  return {
    get url() {
      return url;
    },
    start: async () => {
      await ensureIndexes(connection);
      await ensureTopics(kafka, [...PUBLISHED, ...CONSUMED], [SERVICE]);
      await sender.start();
      outbox.start();
      receipts.start();
      if (has('ingress')) {
        await startIngress();
      }
      if (has('api')) {
        await addApi();
      }
      // Before the consumers: after a crash Kafka lets nobody join until the dead member's session has run out.
      url = await listen(server, config.http);
      if (has('consumer')) {
        await consumers.start();
      }
      if (has('worker')) {
        await workers.start();
      }
    },
    stop: async () => {
      await server.close();
      await Promise.all([workers.stop(), consumers.stop(), mover.stop()]);
      await outbox.stop();
      await Promise.all([sender.stop(), hotSender.stop()]);
      await Promise.all([receipts.stop(), refusals.stop()]);
      await Promise.all([queues.close(), redis.close(), mongo.close()]);
      if (overrides.telemetry === undefined) {
        await telemetry.stop();
      }
    },
  };
};
