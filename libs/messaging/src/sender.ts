import type { EventSender, OutgoingMessage } from '@daikaifa/contracts';
import { Partitioners, type Message, type Producer } from 'kafkajs';
import type { KafkaClient } from './kafka-client';
import { createSendQueue } from './send-queue';

export interface SenderOptions {
  /** How long a call of `send` waits for the acknowledgement at most. */
  readonly timeoutMs?: number;
}

export interface Sender extends EventSender {
  /** Connects. Does not fail when the broker is away: the sender goes on trying. */
  start(): Promise<void>;
  /** Sends what waits, then disconnects. */
  stop(): Promise<void>;
  /** Whether the broker takes writes, as far as the last batch and a check each second afterwards tell. */
  healthy(): boolean;
}

/** A message whose age is not that of the call: retention counts from here. */
export interface TimedMessage extends OutgoingMessage {
  readonly timestampMs?: number;
}

const DEFAULT_TIMEOUT_MS = 5_000;
const REQUEST_TIMEOUT_MS = 4_000;
const RETRIES = 2;
/** After this a batch is given up and the connection made new: a half-dead one answers for a quarter of an hour. */
const BATCH_LIMIT_MS = 15_000;
const CHECK_EVERY_MS = 1_000;
/** The broker takes 1,048,588 bytes per record batch. */
const MAX_BATCH_BYTES = 900_000;
const MAX_BATCH_MESSAGES = 5_000;
const MAX_WAITING_BYTES = 64 * 1024 * 1024;
const ALL_IN_SYNC_REPLICAS = -1;

const toKafkaMessage = ({ key, value, headers, timestampMs }: TimedMessage): Message => ({
  key,
  value,
  ...(headers === undefined ? {} : { headers: { ...headers } }),
  ...(timestampMs === undefined ? {} : { timestamp: String(timestampMs) }),
});

const groupByTopic = (client: KafkaClient, batch: readonly OutgoingMessage[]) => {
  const byTopic = new Map<string, Message[]>();
  for (const message of batch) {
    const topic = client.topicName(message.topic);
    const messages = byTopic.get(topic) ?? [];
    messages.push(toKafkaMessage(message));
    byTopic.set(topic, messages);
  }
  return [...byTopic].map(([topic, messages]) => ({ topic, messages }));
};

const withLimit = async <T>(work: Promise<T>, limitMs: number, what: string): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(Object.assign(new Error(`${what} took more than ${limitMs} ms`), { name: 'TimeoutError' })),
      limitMs,
    );
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
};

/**
 * The producer of a process. Not idempotent on purpose: after an error kafkajs re-uses sequence numbers, and another
 * batch of the same length could be acknowledged as a repeat and be lost. Receivers tolerate repeats.
 */
export const createSender = (client: KafkaClient, options: SenderOptions = {}): Sender => {
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const kafka = client.driver({ requestTimeoutMs: REQUEST_TIMEOUT_MS, retries: RETRIES });
  let connecting: Promise<Producer> | null = null;
  let started = false;
  let failing = false;
  let checkTimer: NodeJS.Timeout | null = null;

  const connect = async (): Promise<Producer> => {
    const producer = kafka.producer({
      allowAutoTopicCreation: false,
      idempotent: false,
      // The default, named so that kafkajs does not warn about it: the same as in Kafka's own clients.
      createPartitioner: Partitioners.DefaultPartitioner,
    });
    await producer.connect();
    return producer;
  };

  const connected = (): Promise<Producer> => {
    connecting ??= connect().catch((error: unknown) => {
      connecting = null;
      throw error;
    });
    return connecting;
  };

  const dropConnection = (): void => {
    const old = connecting;
    connecting = null;
    void old?.then((producer) => producer.disconnect()).catch(() => undefined);
  };

  const stopChecking = (): void => {
    if (checkTimer !== null) {
      clearTimeout(checkTimer);
      checkTimer = null;
    }
  };

  const recovered = (): void => {
    stopChecking();
    if (failing) {
      failing = false;
      client.logger.info('events can be sent to Kafka again');
    }
  };

  const scheduleCheck = (): void => {
    if (checkTimer === null && started) {
      checkTimer = setTimeout(() => {
        checkTimer = null;
        void check();
      }, CHECK_EVERY_MS);
      checkTimer.unref();
    }
  };

  const failed = (error: unknown): void => {
    if (!failing && started) {
      client.logger.error({ err: error }, 'events cannot be sent to Kafka');
    }
    failing = true;
    scheduleCheck();
  };

  const check = async (): Promise<void> => {
    try {
      await client.ping();
      await connected();
      recovered();
    } catch {
      scheduleCheck();
    }
  };

  const deliver = async (batch: readonly OutgoingMessage[]): Promise<void> => {
    try {
      await withLimit(
        connected().then((producer) =>
          producer.sendBatch({
            acks: ALL_IN_SYNC_REPLICAS,
            timeout: REQUEST_TIMEOUT_MS,
            topicMessages: groupByTopic(client, batch),
          }),
        ),
        BATCH_LIMIT_MS,
        'a batch',
      );
      recovered();
    } catch (error) {
      if (error instanceof Error && error.name === 'TimeoutError') {
        dropConnection();
      }
      failed(error);
      throw error;
    }
  };

  const queue = createSendQueue({
    deliver,
    timeoutMs,
    maxBatchBytes: MAX_BATCH_BYTES,
    maxBatchMessages: MAX_BATCH_MESSAGES,
    maxWaitingBytes: MAX_WAITING_BYTES,
  });

  return {
    send: (messages) => queue.send(messages),
    start: async () => {
      started = true;
      await connected().catch(failed);
    },
    stop: async () => {
      started = false;
      stopChecking();
      await queue.close();
      await connecting?.then((producer) => producer.disconnect()).catch(() => undefined);
    },
    healthy: () => started && !failing && queue.inFlightMs() <= timeoutMs,
  };
};
