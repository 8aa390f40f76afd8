import type { Logger } from '@daikaifa/observability';
import { Kafka, logLevel, type Admin } from 'kafkajs';
import { kafkaLogCreator } from './kafka-logs';
import { patchKafkaTimers } from './kafka-timers';

export const PRODUCTION_REPLICATION = 3;
export const PRODUCTION_MIN_IN_SYNC = 2;

export interface KafkaOptions {
  readonly brokers: readonly string[];
  readonly clientId: string;
  /** Put before the name of every topic and group, so that deployments can share a cluster; may be empty. */
  readonly topicPrefix: string;
  readonly replicationFactor: number;
  /** A member of a group that has not been heard of for this time is gone; 10 s unless given. */
  readonly sessionTimeoutMs?: number;
  readonly logger: Logger;
  readonly environment: 'development' | 'production';
}

export interface KafkaTuning {
  /** A request without an answer fails after this time. */
  readonly requestTimeoutMs: number;
  /** Tries of one request by kafkajs itself. */
  readonly retries: number;
}

/**
 * Where Kafka is and what its names are. Contracts, consumers and senders name topics without the prefix; it is put
 * on and taken off here only.
 */
export interface KafkaClient {
  readonly logger: Logger;
  readonly production: boolean;
  readonly replicationFactor: number;
  readonly sessionTimeoutMs: number;
  /** Contract name → name in the cluster. */
  topicName(contractName: string): string;
  /** Name in the cluster → contract name. */
  contractName(topicName: string): string;
  groupId(group: string): string;
  /** A fresh client of the driver; each opens its own connections. */
  driver(tuning: KafkaTuning): Kafka;
  /** Opens an admin connection for one piece of work. */
  withAdmin<T>(work: (admin: Admin) => Promise<T>): Promise<T>;
  /** Resolves when the cluster answers; for readiness. */
  ping(): Promise<void>;
}

const ADMIN_TUNING: KafkaTuning = { requestTimeoutMs: 10_000, retries: 8 };
const PING_TUNING: KafkaTuning = { requestTimeoutMs: 2_000, retries: 0 };
const CONNECTION_TIMEOUT_MS = 2_000;
const SESSION_TIMEOUT_MS = 10_000;
const FIRST_RETRY_MS = 150;
const MAX_RETRY_MS = 3_000;

const withAdminOf = async <T>(kafka: Kafka, work: (admin: Admin) => Promise<T>): Promise<T> => {
  const admin = kafka.admin();
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
};

/**
 * Connects nothing yet: senders, consumers and `ensureTopics` open what they need.
 * @throws Error in production when the settings would let an acknowledged event be lost
 */
export const connectKafka = (options: KafkaOptions): KafkaClient => {
  const { brokers, clientId, topicPrefix, replicationFactor, logger, environment } = options;
  const { sessionTimeoutMs = SESSION_TIMEOUT_MS } = options;
  const production = environment === 'production';
  if (production && replicationFactor < PRODUCTION_REPLICATION) {
    throw new Error(
      `production needs a Kafka replication factor of at least ${PRODUCTION_REPLICATION}, ` +
        `the setting is ${replicationFactor}`,
    );
  }
  patchKafkaTimers();

  const driver = ({ requestTimeoutMs, retries }: KafkaTuning): Kafka =>
    new Kafka({
      brokers: [...brokers],
      clientId,
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      requestTimeout: requestTimeoutMs,
      enforceRequestTimeout: true,
      retry: { retries, initialRetryTime: FIRST_RETRY_MS, maxRetryTime: MAX_RETRY_MS, multiplier: 2, factor: 0.2 },
      logLevel: logLevel.INFO,
      logCreator: kafkaLogCreator(logger),
    });

  return {
    logger,
    production,
    replicationFactor,
    sessionTimeoutMs,
    topicName: (contractName) => `${topicPrefix}${contractName}`,
    contractName: (topicName) =>
      topicName.startsWith(topicPrefix) ? topicName.slice(topicPrefix.length) : topicName,
    groupId: (group) => `${topicPrefix}${group}`,
    driver,
    withAdmin: (work) => withAdminOf(driver(ADMIN_TUNING), work),
    ping: () =>
      withAdminOf(driver(PING_TUNING), async (admin) => {
        await admin.describeCluster();
      }),
  };
};
