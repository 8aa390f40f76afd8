import {
  callbackErasureTopic,
  destinationTopic,
  endpointTopic,
  WECOM_RETENTION_MS,
  wecomAppTopic,
  wecomSuiteTopic,
} from '@daikaifa/contracts';
import { newId } from '@daikaifa/kernel';
import { createTombstones, fingerprint } from '@daikaifa/mongo';
import { createSender } from '@daikaifa/messaging';
import { gauge } from '@daikaifa/observability';
import { connectRedis } from '@daikaifa/redis';
import { createGuardedClient, createKeyRing } from '@daikaifa/security';
import { openService, type App, type Overrides } from '@daikaifa/service';
import type { DeliveryLimits } from './application/delivery-ports';
import type { Limits } from './application/ports';
import { createUseCases } from './application/use-cases';
import { refuseUnsafe, type CallbackConfig } from './config';
import { DELIVERY_LIFE_MS, RETRY_SCHEDULE_MS } from './domain/delivery';
import { createGraphqlContext } from './graphql/context';
import { resolvers } from './graphql/resolvers/resolvers';
import sdl from './graphql/schema.graphql';
import { deliveryCounters } from './http/delivery-counters';
import { ingressCounters } from './http/ingress-counters';
import { ingressRoutes } from './http/ingress-routes';
import { createWebhookSecrets } from './http/webhook-secrets';
import { createWebhookSender } from './http/webhook-sender';
import { jobCatalog } from './jobs/catalog';
import { jobHandlers } from './jobs/handlers';
import { createMover } from './jobs/mover';
import { authorizationConsumer } from './messaging/authorization.consumer';
import { corpAppConsumer } from './messaging/corp-app.consumer';
import { delegatedTemplateConsumer } from './messaging/delegated-template.consumer';
import { deliveryFeeds, DELIVERABLE_TYPES } from './messaging/delivery-feeds';
import { destinationState, endpointState } from './messaging/published-state';
import { publisherConsumer } from './messaging/publisher.consumer';
import { suiteConsumer } from './messaging/suite.consumer';
import { createEventWriter } from './messaging/wecom-events';
import { createBacklogRepository } from './persistence/backlog.repository';
import { createDeliveryCorpRepository } from './persistence/delivery-corp.repository';
import { createDeliveryRepository } from './persistence/delivery.repository';
import { createDestinationRepository } from './persistence/destination.repository';
import { createDirectoryRepository } from './persistence/directory.repository';
import { createEndpointRepository } from './persistence/endpoint.repository';
import { createLaneRepository } from './persistence/lane.repository';
import { createPingBudget } from './persistence/ping-budget';
import { createReceiptRepository } from './persistence/receipts.repository';
import { createRecentEvents } from './persistence/recent-events';
import { createRefusalRepository } from './persistence/refusals.repository';
import { createCallbackProbe } from './wecom/callback-probe';
import { createKeyVault } from './wecom/key-vault';
import { createMessageReader } from './wecom/message-reader';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const WARM = { endpoints: 2_000, corps: 20_000 };
const PROBE_ANSWER_BYTES = 65_536;

/** What tests put in place of the real thing. */
export interface CallbackOverrides extends Overrides {
  /** Time limits: on a machine that tests share, WeCom's second is no measure of what is right. */
  readonly limits?: Partial<Limits>;
  /** So that a test need not wait for days. */
  readonly deliveryLimits?: Partial<DeliveryLimits>;
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
  eraseAgainMs: WECOM_RETENTION_MS,
  probeMs: 1_000,
  probeEveryMs: probe.everySec * SECOND_MS,
  refusalsPerEndpoint: journal.refusalsPerEndpoint,
});

/** How much of an answer of a destination is read. */
const DELIVERY_ANSWER_BYTES = 4_096;

const deliveryLimitsOf = ({ delivery }: CallbackConfig): DeliveryLimits => ({
  scheduleMs: RETRY_SCHEDULE_MS,
  lifeMs: DELIVERY_LIFE_MS,
  maxPayloadBytes: 524_288,
  keepMs: delivery.keepDays * 24 * HOUR_MS,
  breaker: {
    threshold: 5,
    pauseMs: 15 * SECOND_MS,
    maxPauseMs: HOUR_MS / 4,
    disableAfterMs: delivery.disableAfterDays * 24 * HOUR_MS,
  },
  leaseMs: 15 * SECOND_MS,
  runMs: 20 * SECOND_MS,
  secretOverlapMs: delivery.secretOverlapHours * HOUR_MS,
  destinationsPerPublisher: 50,
  pingsPerMinute: 20,
  concurrency: delivery.concurrency,
  perSecond: delivery.perSecond,
});

/** Long enough for another mover to let go of its lease. */
const MOVE_DELAY_MS = 50;

/** Builds the service; traffic, events and jobs flow from `start` on. */
export const createApp = async (config: CallbackConfig, overrides: CallbackOverrides = {}): Promise<App> => {
  refuseUnsafe(config);
  const limits = { ...limitsOf(config), ...overrides.limits };
  const deliveryLimits = { ...deliveryLimitsOf(config), ...overrides.deliveryLimits };
  const service = await openService('callback', config, overrides);
  const { connection, outbox, sender, logger, clock } = service;
  const redis = connectRedis({ url: config.redis.cacheUrl, prefix: `${config.redis.prefix}:callback`, logger });
  const hotSender = createSender(service.kafka, { timeoutMs: limits.brokerMs });
  const queues = service.queues(jobCatalog);

  const keepMs = config.journal.keepDays * 24 * HOUR_MS;
  const receipts = createReceiptRepository(connection, { keepMs, logger });
  const refusals = createRefusalRepository(connection, { keepMs, logger });
  const backlog = createBacklogRepository(connection);
  const client = createGuardedClient({
    allowedRanges: config.probe.allowedRanges,
    requireHttps: config.environment === 'production',
    maxBodyBytes: PROBE_ANSWER_BYTES,
    timeoutMs: limits.probeMs,
  });
  const keyRing = createKeyRing(config.keyRing.reveal());
  const transportKeyRing = createKeyRing(config.transportKeyRing.reveal());
  const webhookSecrets = createWebhookSecrets(keyRing);
  const webhookClient = createGuardedClient({
    allowedRanges: config.probe.allowedRanges,
    requireHttps: config.environment === 'production',
    maxBodyBytes: DELIVERY_ANSWER_BYTES,
    longBody: 'CUT',
    timeoutMs: config.delivery.timeoutSec * SECOND_MS,
  });
  const useCases = createUseCases({
    endpoints: createEndpointRepository({ connection, outbox, publicState: endpointState }),
    directory: createDirectoryRepository(connection),
    tombstones: createTombstones({ connection, outbox, collection: 'erasures', topic: callbackErasureTopic }),
    vault: createKeyVault(keyRing),
    reader: createMessageReader(limits.maxBodyBytes),
    writer: createEventWriter(transportKeyRing),
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

    destinations: createDestinationRepository({ connection, outbox, publicState: destinationState }),
    deliveries: createDeliveryRepository(connection, { keyRing, keepMs: deliveryLimits.keepMs }),
    lanes: createLaneRepository(connection),
    deliveryCorps: createDeliveryCorpRepository(connection),
    secretVault: webhookSecrets,
    webhooks: createWebhookSender(webhookClient, webhookSecrets),
    pings: createPingBudget(redis, { limit: deliveryLimits.pingsPerMinute, windowMs: MINUTE_MS }),
    deliveryWakes: { deliver: (destinationId) => queues.wake('deliver', { destinationId }) },
    deliveryCounters,
    deliveryLimits,
    eventTypes: DELIVERABLE_TYPES,
    requireHttps: config.environment === 'production',
    fingerprint,
    random: Math.random,

    baseUrl: config.publicBaseUrl,
    logger,
    clock,
    newId,
  });
  const mover = createMover(useCases, logger);

  const takesEvents = async (): Promise<void> => {
    if (!hotSender.healthy()) {
      await service.pingMongo();
    }
  };

  gauge('callback_stored_events', 'Events in MongoDB that wait for Kafka', () => backlog.count('STORED'));
  gauge('callback_parked_events', 'Events in MongoDB that wait for their suite or corp', () => backlog.count('PARKED'));

  const { queued, oldestDueSec, stopped } = useCases.measureDeliveries;
  gauge('callback_deliveries_queued', 'Deliveries that wait', queued);
  gauge('callback_deliveries_oldest_due_seconds', 'Since when the longest due delivery of an open lane waits', oldestDueSec);
  gauge('callback_destinations_stopped', 'Destinations that were disabled by what they answered', stopped);

  return service.assemble({
    publishes: [endpointTopic, destinationTopic, wecomSuiteTopic, wecomAppTopic, callbackErasureTopic],
    consumers: [
      delegatedTemplateConsumer(useCases),
      publisherConsumer(useCases),
      suiteConsumer(useCases),
      corpAppConsumer(useCases),
      ...deliveryFeeds(useCases, transportKeyRing),
      // After the feeds: a cancellation is told before what belongs to the corp is erased.
      authorizationConsumer(useCases),
    ],
    jobs: { catalog: jobCatalog, handlers: jobHandlers(useCases, logger) },
    graphql: { sdl, resolvers, context: (viewer) => createGraphqlContext(viewer, useCases) },
    routes: {
      ingress: async (server) => {
        await hotSender.start();
        useCases.warmUp(WARM).catch((err: unknown) => logger.warn({ err }, 'endpoints and corps are read one by one'));
        mover.start();
        await server.register(ingressRoutes(useCases, limits));
      },
    },
    // The ingress is ready while one of the two takes events; only the other roles cannot do without MongoDB.
    readiness: (common) => ({
      ...((service.runs('api') || !service.runs('ingress')) && common),
      ...(service.runs('ingress') && { 'kafka or mongodb': takesEvents }),
    }),
    beforeStart: async () => receipts.start(),
    stopIntake: async () => {
      useCases.stopLanes();
      await mover.stop();
    },
    close: async () => {
      await hotSender.stop();
      await Promise.all([receipts.stop(), refusals.stop()]);
      await redis.close();
    },
  });
};
