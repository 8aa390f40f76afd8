import { setTimeout as pause } from 'node:timers/promises';
import type { AnyTopic } from '@daikaifa/contracts';
import { createSubgraph } from '@daikaifa/graphql';
import {
  createJobQueues,
  createJobWorkers,
  type JobCatalog,
  type JobHandlers,
  type JobQueues,
} from '@daikaifa/jobs';
import { systemClock, type Clock, type Viewer } from '@daikaifa/kernel';
import {
  anyFault,
  connectKafka,
  createConsumers,
  createSender,
  ensureTopics,
  isDependencyFault,
  type AnyConsumer,
  type KafkaClient,
  type ProjectionStore,
  type Sender,
} from '@daikaifa/messaging';
import { connectMongo, createOutbox, createProjectionStore, ensureIndexes, isMongoFault, type MongoConnection, type Outbox } from '@daikaifa/mongo';
import {
  createHttpServer,
  createLogger,
  listen,
  startTelemetry,
  type Logger,
  type Telemetry,
} from '@daikaifa/observability';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { REPEAT_DECISIONS, repeatDecisions } from './repeat-decisions';
import type { ServiceConfig } from './service-settings';

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

const LONGEST_PAUSE_MS = 5_000;

type Checks = Readonly<Record<string, () => Promise<void>>>;

/** What one service adds to what all have. */
export interface ServiceParts<Role extends string, Catalog extends JobCatalog, Context extends object> {
  readonly publishes: readonly AnyTopic[];
  readonly consumers: readonly AnyConsumer[];
  readonly jobs: { readonly catalog: Catalog; readonly handlers: JobHandlers<Catalog> };
  readonly graphql: {
    readonly sdl: string;
    readonly resolvers: object;
    readonly context: (viewer: Viewer, request: FastifyRequest) => Context;
  };
  /** Plain HTTP doors, by the role that opens them. */
  readonly routes?: { readonly [R in Role]?: (server: FastifyInstance) => Promise<void> | void };
  /** Replaces or adds to the checks of /health/ready. */
  readonly readiness?: (common: Checks) => Checks;
  /** After the indexes are there, before anything flows. */
  readonly beforeStart?: () => Promise<void>;
  /** When the doors are closed: what else takes in work of its own stops now. */
  readonly stopIntake?: () => Promise<void>;
  /** After the last event was handled, before the stores are closed. */
  readonly close?: () => Promise<void>;
}

export interface OpenedService<Role extends string> {
  readonly logger: Logger;
  readonly clock: Clock;
  readonly connection: MongoConnection['connection'];
  readonly kafka: KafkaClient;
  readonly sender: Sender;
  readonly outbox: Outbox;
  readonly projections: ProjectionStore;
  /** Whether MongoDB answers; throws while not. */
  readonly pingMongo: () => Promise<void>;
  /** Its own address; empty before `start`. */
  readonly url: () => string;
  runs(role: Role): boolean;
  queues<Catalog extends JobCatalog>(catalog: Catalog): JobQueues<Catalog>;
  assemble<Catalog extends JobCatalog, Context extends object>(parts: ServiceParts<Role, Catalog, Context>): App;
}

const topicsOf = (consumers: readonly AnyConsumer[]): AnyTopic[] => [...new Set(consumers.map(({ topic }) => topic))];

/**
 * Opens what every service stands on. Nothing flows before `start` of the assembled service:
 * indexes, outbox, doors, topics, consumers, workers. It stops with the doors first.
 */
export const openService = async <Role extends string>(
  name: string,
  config: ServiceConfig<Role>,
  overrides: Overrides = {},
): Promise<OpenedService<Role>> => {
  const logger = overrides.logger ?? createLogger({ service: name, level: config.telemetry.logLevel });
  const clock = overrides.clock ?? systemClock;
  const { otlpUrl } = config.telemetry;
  const telemetry = overrides.telemetry ?? startTelemetry({ service: name, ...(otlpUrl && { otlpUrl }) });

  const { databasePrefix, ...mongoOptions } = config.mongo;
  const mongo = await connectMongo({ ...mongoOptions, database: `${databasePrefix}${name}`, logger });
  const { connection } = mongo;
  const kafka = connectKafka({ ...config.kafka, clientId: name, logger, environment: config.environment });
  const sender = createSender(kafka);
  const outbox = createOutbox({ connection, sender, logger, clock, source: `daikaifa/${name}` });
  const stored = createProjectionStore({ connection });
  const projections = overrides.projections?.(stored) ?? stored;
  const jobsOn = { redisUrl: config.redis.queueUrl ?? config.redis.cacheUrl, prefix: config.redis.prefix, service: name, logger };
  const opened: JobQueues<JobCatalog>[] = [];
  const runs = (role: string): boolean => (config.roles as readonly string[]).includes(role);
  let url = '';
  let isStopping = false;

  /** Waits for a broker that is away; topics of a wrong form end the process. */
  const topicsThere = async (topics: readonly AnyTopic[]): Promise<void> => {
    for (let tries = 1; !isStopping; tries += 1) {
      try {
        return await ensureTopics(kafka, topics, [name]);
      } catch (error) {
        if (!isDependencyFault(error)) {
          throw error;
        }
        logger.warn({ err: error, 'kafka.tries': tries }, 'Kafka is away: topics and consumers wait for it');
        await pause(Math.min(tries * 500, LONGEST_PAUSE_MS));
      }
    }
  };

  const queues = <Catalog extends JobCatalog>(catalog: Catalog): JobQueues<Catalog> => {
    const made = createJobQueues({ ...jobsOn, catalog });
    opened.push(made as unknown as JobQueues<JobCatalog>);
    return made;
  };

  const assemble: OpenedService<Role>['assemble'] = (parts) => {
    const consumers = createConsumers({
      client: kafka,
      group: name,
      consumers: parts.consumers,
      projections,
      sender,
      logger,
      isDependencyFault: anyFault(isDependencyFault, isMongoFault),
    });
    const catalog = { ...parts.jobs.catalog, 'repeat-decisions': REPEAT_DECISIONS };
    const handlers = { ...parts.jobs.handlers, 'repeat-decisions': repeatDecisions(consumers, logger) };
    const workers = createJobWorkers({ ...jobsOn, catalog, handlers: handlers as JobHandlers<typeof catalog> });
    // The other roles go on without the queue: what is due is found by the sweep.
    const onlyWorks = runs('worker') && config.roles.length === 1;
    const common: Checks = { mongodb: mongo.ping, ...(onlyWorks && { redis: queues({ 'repeat-decisions': REPEAT_DECISIONS }).ping }) };
    const server = createHttpServer({
      service: name,
      logger,
      telemetry,
      readiness: parts.readiness?.(common) ?? common,
    });
    const openDoors = async (): Promise<void> => {
      if (runs('api')) {
        const { sdl, resolvers, context } = parts.graphql;
        const identitySecret = config.identity.secret.reveal();
        await server.register(
          createSubgraph({ sdl, resolvers, context, identitySecret, logger, introspection: config.introspection }),
        );
      }
      for (const [role, add] of Object.entries(parts.routes ?? {})) {
        if (runs(role)) {
          await (add as (server: FastifyInstance) => Promise<void> | void)(server);
        }
      }
      url = await listen(server, config.http);
    };
    return {
      get url() {
        return url;
      },
      start: async () => {
        await ensureIndexes(connection);
        await parts.beforeStart?.();
        await sender.start();
        outbox.start();
        // The doors need no broker. After a crash Kafka lets no consumer join until the dead member's session has run
        // out, and a broker that is away now must not keep callbacks out.
        await openDoors();
        await topicsThere([...parts.publishes, ...topicsOf(parts.consumers)]);
        if (runs('consumer') && !isStopping) {
          await consumers.start();
        }
        if (runs('worker') && !isStopping) {
          await workers.start();
        }
      },
      stop: async () => {
        isStopping = true;
        await server.close();
        await Promise.all([workers.stop(), consumers.stop(), parts.stopIntake?.()]);
        await Promise.all(opened.map((each) => each.close()));
        await outbox.stop();
        await sender.stop();
        await parts.close?.();
        await mongo.close();
        if (overrides.telemetry === undefined) {
          await telemetry.stop();
        }
      },
    };
  };

  return {
    logger,
    clock,
    connection,
    kafka,
    sender,
    outbox,
    projections,
    pingMongo: mongo.ping,
    url: () => url,
    runs,
    queues,
    assemble,
  };
};
