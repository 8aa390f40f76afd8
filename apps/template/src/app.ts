import { createBlobStore, createBlobUrls, registerBlobRoutes } from '@daikaifa/blobs';
import {
  authorizationTopic,
  delegatedTemplateTopic,
  endpointTopic,
  publisherTopic,
  reviewItemTopic,
  suiteTopic,
  type AnyTopic,
} from '@daikaifa/contracts';
import { createSubgraph } from '@daikaifa/graphql';
import { createJobWorkers } from '@daikaifa/jobs';
import { newId, systemClock, type Clock } from '@daikaifa/kernel';
import { connectKafka, createConsumers, createSender, ensureTopics, type ProjectionStore } from '@daikaifa/messaging';
import { connectMongo, createOutbox, createProjectionStore, ensureIndexes, fingerprint } from '@daikaifa/mongo';
import {
  createHttpServer,
  createLogger,
  listen,
  startTelemetry,
  type Logger,
  type Telemetry,
} from '@daikaifa/observability';
import { createUseCases } from './application/use-cases';
import type { TemplateConfig } from './config';
import { createGraphqlContext } from './graphql/context';
import { resolvers } from './graphql/resolvers/resolvers';
import sdl from './graphql/schema.graphql';
import { createImages } from './http/images';
import { createLogoInspector } from './http/logo-inspector';
import { jobCatalog } from './jobs/catalog';
import { repeatDecisionsJob } from './jobs/repeat-decisions.job';
import { authorizationConsumer } from './messaging/authorization.consumer';
import { endpointConsumer } from './messaging/endpoint.consumer';
import { delegatedTemplateState, publisherState } from './messaging/published-state';
import { reviewItemConsumer } from './messaging/review-item.consumer';
import { suiteConsumer } from './messaging/suite.consumer';
import { createDelegatedTemplateRepository } from './persistence/delegated-template.repository';
import { createPublisherRepository } from './persistence/publisher.repository';
import { createSignalRepository } from './persistence/signal.repository';
import { loadRules } from './persistence/rules-file';

const SERVICE = 'template';
const PUBLISHED: readonly AnyTopic[] = [publisherTopic, delegatedTemplateTopic];
const CONSUMED: readonly AnyTopic[] = [reviewItemTopic, endpointTopic, suiteTopic, authorizationTopic];

/** What tests put in place of the real thing. */
export interface Overrides {
  readonly logger?: Logger;
  readonly telemetry?: Telemetry;
  readonly clock?: Clock;
  readonly projections?: (real: ProjectionStore) => ProjectionStore;
}

export interface App {
  /** Set by `start`. */
  readonly url: string;
  start(): Promise<void>;
  /** Stop intake, drain, close. */
  stop(): Promise<void>;
}

/** Builds the service; traffic, events and jobs flow from `start` on. */
export const createApp = async (config: TemplateConfig, overrides: Overrides = {}): Promise<App> => {
  const logger = overrides.logger ?? createLogger({ service: SERVICE, level: config.telemetry.logLevel });
  const clock = overrides.clock ?? systemClock;
  const { otlpUrl } = config.telemetry;
  const telemetry = overrides.telemetry ?? startTelemetry({ service: SERVICE, ...(otlpUrl && { otlpUrl }) });
  const rules = await loadRules(config.rulesPath);

  const { databasePrefix, ...mongoOptions } = config.mongo;
  const mongo = await connectMongo({ ...mongoOptions, database: `${databasePrefix}${SERVICE}`, logger });
  const { connection } = mongo;
  const kafka = connectKafka({ ...config.kafka, clientId: SERVICE, logger, environment: config.environment });
  const sender = createSender(kafka);
  const outbox = createOutbox({ connection, sender, logger, clock, source: `daikaifa/${SERVICE}` });

  let url = '';
  const blobs = createBlobStore({ connection });
  const secret = config.files.secret.reveal();
  const images = createImages(blobs, () =>
    createBlobUrls({ baseUrl: config.files.publicUrl ?? url, secret, clock }),
  );
  const signals = createSignalRepository(connection);
  const useCases = createUseCases({
    templates: createDelegatedTemplateRepository({ connection, outbox, publicState: delegatedTemplateState }),
    publishers: createPublisherRepository({ connection, outbox, publicState: publisherState }),
    signals,
    images,
    rules,
    clock,
    newId,
    fingerprint,
  });

  const projections = createProjectionStore({ connection });
  const consumers = createConsumers({
    client: kafka,
    group: SERVICE,
    consumers: [
      reviewItemConsumer(useCases),
      endpointConsumer(signals),
      suiteConsumer(signals),
      authorizationConsumer(signals),
    ],
    projections: overrides.projections?.(projections) ?? projections,
    sender,
    logger,
  });
  const workers = createJobWorkers({
    redisUrl: config.redis.queueUrl ?? config.redis.cacheUrl,
    prefix: config.redis.prefix,
    service: SERVICE,
    catalog: jobCatalog,
    handlers: { 'repeat-decisions': repeatDecisionsJob(consumers, logger) },
    logger,
  });
  const server = createHttpServer({ service: SERVICE, logger, telemetry, readiness: { mongodb: mongo.ping } });

  const addApi = async (): Promise<void> => {
    await server.register(
      createSubgraph({
        sdl,
        resolvers,
        context: (viewer) => createGraphqlContext(viewer, { useCases, imageUrl: images.downloadUrl }),
        identitySecret: config.identity.secret.reveal(),
        logger,
        introspection: config.introspection,
      }),
    );
    await registerBlobRoutes(server, { store: blobs, secret, inspect: createLogoInspector(rules), clock });
  };

  return {
    get url() {
      return url;
    },
    start: async () => {
      await ensureIndexes(connection);
      await ensureTopics(kafka, [...PUBLISHED, ...CONSUMED], [SERVICE]);
      await sender.start();
      outbox.start();
      if (config.roles.includes('consumer')) {
        await consumers.start();
      }
      if (config.roles.includes('worker')) {
        await workers.start();
      }
      if (config.roles.includes('api')) {
        await addApi();
      }
      url = await listen(server, config.http);
    },
    stop: async () => {
      await server.close();
      await Promise.all([workers.stop(), consumers.stop()]);
      await outbox.stop();
      await sender.stop();
      await mongo.close();
      if (overrides.telemetry === undefined) {
        await telemetry.stop();
      }
    },
  };
};
