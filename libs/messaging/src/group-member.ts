import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from '@daikaifa/observability';
import type { Consumer, EachBatchHandler, EachBatchPayload, KafkaMessage } from 'kafkajs';
import type { ReceivedRecord } from './dead-letters';
import type { KafkaClient, KafkaTuning } from './kafka-client';

export interface GroupMemberOptions {
  readonly client: KafkaClient;
  readonly logger: Logger;
  /** Without the deployment's prefix, as are the topics. */
  readonly group: string;
  readonly topics: readonly string[];
  readonly concurrency: number;
  readonly onBatch: (batch: BatchInHand) => Promise<void>;
  /** Partitions by contract name, after each join. */
  readonly onAssigned?: (assigned: ReadonlyMap<string, readonly number[]>) => void;
}

/** The records of one partition that were fetched together. */
export interface BatchInHand {
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly ReceivedRecord[];
  /** False when the process stops or the partition may belong to another member by now. */
  mayGoOn(): boolean;
  /** Everything up to this record is dealt with; the offset is committed about once a second and after the batch. */
  done(record: ReceivedRecord): Promise<void>;
  /** Fetches nothing of this partition until `GroupMember.resume`; then it begins after the last record done. */
  pause(): void;
}

export interface GroupMember {
  /** Resolves when the group was joined for the first time; goes on trying while the broker is away. */
  start(): Promise<void>;
  /** Finishes the record in hand, commits, leaves the group. */
  stop(): Promise<void>;
  resume(topic: string, partition: number): void;
}

const TUNING: KafkaTuning = { requestTimeoutMs: 8_000, retries: 5 };
/** Three in a session: one that is lost ends nothing. */
const HEARTBEATS_PER_SESSION = 3;
const REBALANCE_TIMEOUT_MS = 15_000;
/** A fetch that finds nothing returns after this time; until then a resumed partition waits. */
const FETCH_WAIT_MS = 500;
const COMMIT_EVERY_MS = 1_000;
const CHECK_HEARTBEAT_MS = 1_000;
const FIRST_REJOIN_MS = 250;
const MAX_REJOIN_MS = 5_000;

const headersOf = (headers: KafkaMessage['headers']): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers ?? {}).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.map(String).join(',') : String(value ?? ''),
    ]),
  );

export const toReceived = (
  topic: string,
  partition: number,
  { offset, key, value, headers }: KafkaMessage,
): ReceivedRecord => ({
  topic,
  partition,
  offset,
  key: key?.toString('utf8') ?? '',
  value,
  headers: headersOf(headers),
});

const isUnknownTopic = (error: unknown): boolean =>
  error instanceof Error &&
  ((error as { type?: unknown }).type === 'UNKNOWN_TOPIC_OR_PARTITION' || isUnknownTopic(error.cause));

/**
 * Heartbeats go on while one record takes long: without them the group gives the partition away after 10 seconds.
 * A refused one (the group rebalances) ends the batch after the record in hand.
 */
const keepBeating = (heartbeat: () => Promise<void>) => {
  let refused: { readonly error: unknown } | null = null;
  const timer = setInterval(() => {
    heartbeat().catch((error: unknown) => {
      refused = { error };
    });
  }, CHECK_HEARTBEAT_MS);
  return {
    refused: (): { readonly error: unknown } | null => refused,
    stop: () => clearInterval(timer),
  };
};

/**
 * One member of a consumer group that never gives up: kafkajs ends a consumer for good on errors that it holds for
 * final (a coordinator that cannot be found, a broker away for long), so each end is followed by a new one.
 */
export const createGroupMember = (options: GroupMemberOptions): GroupMember => {
  const { client, logger, group } = options;
  let current: Consumer | null = null;
  let running: Promise<void> | null = null;
  const stopping = new AbortController();
  const stopped = new Promise<void>((resolve) => {
    stopping.signal.addEventListener('abort', () => resolve(), { once: true });
  });

  const inHand = ({ batch, ...payload }: EachBatchPayload, refused: () => unknown): BatchInHand => {
    const topic = client.contractName(batch.topic);
    return {
      topic,
      partition: batch.partition,
      records: batch.messages.map((message) => toReceived(topic, batch.partition, message)),
      mayGoOn: () => !stopping.signal.aborted && payload.isRunning() && !payload.isStale() && refused() === null,
      done: async ({ offset }) => {
        payload.resolveOffset(offset);
        await payload.commitOffsetsIfNecessary();
      },
      pause: () => void payload.pause(),
    };
  };

  const eachBatch: EachBatchHandler = async (payload) => {
    const beats = keepBeating(payload.heartbeat);
    try {
      await options.onBatch(inHand(payload, beats.refused));
    } finally {
      beats.stop();
    }
    const refused = beats.refused();
    if (refused !== null) {
      // Thrown on, so that kafkajs joins the group again.
      throw refused.error;
    }
  };

  const runOnce = async (onJoined: () => void): Promise<void> => {
    const consumer = client.driver(TUNING).consumer({
      groupId: client.groupId(group),
      sessionTimeout: client.sessionTimeoutMs,
      heartbeatInterval: Math.floor(client.sessionTimeoutMs / HEARTBEATS_PER_SESSION),
      rebalanceTimeout: REBALANCE_TIMEOUT_MS,
      maxWaitTimeInMs: FETCH_WAIT_MS,
      allowAutoTopicCreation: false,
      retry: { retries: TUNING.retries, restartOnFailure: async () => false },
    });
    const crashed = new Promise<unknown>((resolve) => {
      consumer.on(consumer.events.CRASH, ({ payload }) => resolve(payload.error));
    });
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
      options.onAssigned?.(
        new Map(
          Object.entries(payload.memberAssignment).map(([topic, partitions]) => [
            client.contractName(topic),
            partitions,
          ]),
        ),
      );
      onJoined();
    });
    try {
      const connecting = consumer
        .connect()
        .then(() => consumer.subscribe({ topics: options.topics.map(client.topicName), fromBeginning: true }));
      await Promise.race([connecting, stopped]);
      if (stopping.signal.aborted) {
        connecting.catch(() => undefined);
        return;
      }
      current = consumer;
      await consumer.run({
        autoCommit: true,
        autoCommitInterval: COMMIT_EVERY_MS,
        eachBatchAutoResolve: false,
        partitionsConsumedConcurrently: options.concurrency,
        eachBatch,
      });
      const error = await Promise.race([crashed, stopped]);
      if (!stopping.signal.aborted) {
        throw error;
      }
    } finally {
      current = null;
      await consumer.disconnect().catch((error: unknown) => {
        logger.debug({ err: error, 'kafka.group': group }, 'a consumer did not disconnect cleanly');
      });
    }
  };

  const runForEver = async (first: { resolve: () => void; reject: (error: unknown) => void }): Promise<void> => {
    let ever = false;
    let failures = 0;
    const onJoined = (): void => {
      if (failures > 0) {
        logger.info({ 'kafka.group': group }, 'the consumer group was joined again');
      }
      ever = true;
      failures = 0;
      first.resolve();
    };
    while (!stopping.signal.aborted) {
      try {
        await runOnce(onJoined);
      } catch (error) {
        if (!ever && isUnknownTopic(error)) {
          first.reject(error);
          return;
        }
        failures += 1;
        logger[failures === 1 ? 'warn' : 'debug'](
          { err: error, 'kafka.group': group },
          'the consumer group was lost and is joined again',
        );
        await pause(Math.min(FIRST_REJOIN_MS * 2 ** (failures - 1), MAX_REJOIN_MS), undefined, {
          signal: stopping.signal,
        }).catch(() => undefined);
      }
    }
    first.resolve();
  };

  return {
    start: () =>
      new Promise<void>((resolve, reject) => {
        running ??= runForEver({ resolve, reject });
      }),
    stop: async () => {
      stopping.abort();
      await running;
    },
    resume: (topic, partition) => {
      try {
        current?.resume([{ topic: client.topicName(topic), partitions: [partition] }]);
      } catch (error) {
        // Between two consumers; the next one starts with nothing paused.
        logger.debug({ err: error, 'kafka.group': group }, 'nothing to resume');
      }
    },
  };
};
