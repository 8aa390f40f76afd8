import type { AnyTopic, OutgoingMessage } from '@daikaifa/contracts';
import { newId } from '@daikaifa/kernel';
import { eventually, silentLogger, testServers, uniqueName } from '@daikaifa/testing';
import { connectKafka, createSender, deadLetterTopic, ensureTopics, type KafkaClient, type Sender } from '../src';
import { otherTopic, signalTopic, thingTopic } from './things';

export interface Harness {
  readonly client: KafkaClient;
  readonly sender: Sender;
  readonly prefix: string;
  stop(): Promise<void>;
}

/** No pause of a busy machine is longer. */
const PATIENCE_MS = 30_000;

/**
 * Sends as that of a service does, but waits for a broker or a process that stalls, up to the 15 seconds of a batch: a
 * service sends again after four, which would count twice, and lets its caller go after five.
 */
export const createPatientSender = (client: KafkaClient): Sender =>
  createSender(
    { ...client, driver: (tuning) => client.driver({ ...tuning, requestTimeoutMs: PATIENCE_MS }) },
    { timeoutMs: PATIENCE_MS },
  );

/** One deployment of its own on the shared broker: prefix, topics, sender. */
export const startHarness = async (options: {
  readonly name: string;
  readonly groups: readonly string[];
  readonly topics?: readonly AnyTopic[];
  readonly brokers?: readonly string[];
  readonly prefix?: string;
  readonly sessionTimeoutMs?: number;
  /** Sender and members have the limits of a service, for a broker that is away; else none that a stalled one reaches. */
  readonly asInService?: boolean;
}): Promise<Harness> => {
  const { asInService = false, sessionTimeoutMs = asInService ? undefined : PATIENCE_MS } = options;
  const prefix = options.prefix ?? `${uniqueName(options.name)}.`;
  const client = connectKafka({
    brokers: options.brokers ?? testServers().kafkaBrokers,
    clientId: options.name,
    topicPrefix: prefix,
    replicationFactor: 1,
    ...(sessionTimeoutMs !== undefined && { sessionTimeoutMs }),
    logger: silentLogger(),
    environment: 'development',
  });
  await ensureTopics(client, options.topics ?? [thingTopic, otherTopic, signalTopic], options.groups);
  const sender = asInService ? createSender(client) : createPatientSender(client);
  await sender.start();
  return { client, sender, prefix, stop: () => sender.stop() };
};

/**
 * Makes a topic of a contract as somebody else would, and waits until it takes events. kafkajs would wait for leaders
 * as well, but gives up on a busy broker that has not heard of the topic yet.
 */
export const makeTopic = (
  client: KafkaClient,
  topic: AnyTopic,
  settings: Readonly<Record<string, string>> = {},
): Promise<void> =>
  client.withAdmin(async (admin) => {
    const name = client.topicName(topic.topic);
    const configEntries = Object.entries(settings).map(([key, value]) => ({ name: key, value }));
    await admin.createTopics({
      topics: [{ topic: name, numPartitions: topic.partitions, configEntries }],
      waitForLeaders: false,
    });
    await eventually(() => admin.fetchTopicOffsets(name));
  });

export const stateEvent = (
  id: string,
  sequence: number,
  overrides: Readonly<Record<string, unknown>> = {},
): OutgoingMessage => ({
  topic: thingTopic.topic,
  key: id,
  value: JSON.stringify({
    specversion: '1.0',
    id: newId(),
    type: sequence === 1 ? 'thing.made' : 'thing.changed',
    source: 'daikaifa/test',
    subject: id,
    time: new Date().toISOString(),
    datacontenttype: 'application/json',
    tenant: 'publisher-1',
    correlationid: `correlation-${id}-${sequence}`,
    sequence,
    data: { id, status: `status-${sequence}` },
    ...overrides,
  }),
});

export const signalEvent = (key: string, code: string): OutgoingMessage => ({
  topic: signalTopic.topic,
  key,
  value: JSON.stringify({
    specversion: '1.0',
    id: newId(),
    type: 'test.signal.sent',
    source: 'daikaifa/test',
    subject: key,
    time: new Date().toISOString(),
    datacontenttype: 'application/json',
    tenant: 'publisher-1',
    correlationid: `correlation-${code}`,
    data: { code },
  }),
});

export interface ReadRecord {
  readonly partition: number;
  readonly offset: number;
  readonly key: string;
  readonly value: string;
  readonly timestampMs: number;
  readonly headers: Readonly<Record<string, string>>;
}

const readOnce = async (client: KafkaClient, contractName: string): Promise<ReadRecord[]> => {
  const topic = client.topicName(contractName);
  const ends = await client.withAdmin((admin) => admin.fetchTopicOffsets(topic));
  const open = new Map(
    ends.filter(({ high, low }) => Number(high) > Number(low)).map(({ partition, high }) => [partition, Number(high)]),
  );
  const records: ReadRecord[] = [];
  if (open.size === 0) {
    return records;
  }
  const consumer = client.driver({ requestTimeoutMs: 5_000, retries: 5 }).consumer({
    groupId: uniqueName('reader'),
    maxWaitTimeInMs: 100,
    // Started again by the driver, a reader that has failed would read the same records twice.
    retry: { retries: 5, restartOnFailure: async () => false },
  });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  const reading = new Promise<void>((resolve, reject) => {
    consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
    consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) => {
      if (Number(payload.lastOffset) + 1 >= (open.get(payload.partition) ?? 0)) {
        open.delete(payload.partition);
      }
      if (open.size === 0) {
        resolve();
      }
    });
    consumer
      .run({
        eachBatch: async ({ batch }) => {
          for (const message of batch.messages) {
            records.push({
              partition: batch.partition,
              offset: Number(message.offset),
              key: message.key?.toString() ?? '',
              value: message.value?.toString() ?? '',
              timestampMs: Number(message.timestamp),
              headers: Object.fromEntries(
                Object.entries(message.headers ?? {}).map(([name, value]) => [name, String(value)]),
              ),
            });
          }
        },
      })
      .catch(reject);
  });
  await reading.finally(() => consumer.disconnect());
  return records;
};

/** Everything that a topic holds now, from its beginning; begins again with nothing where the broker broke off. */
export const readTopic = (client: KafkaClient, contractName: string): Promise<ReadRecord[]> =>
  eventually(() => readOnce(client, contractName));

export const deadLetters = (client: KafkaClient, group: string): Promise<ReadRecord[]> =>
  readTopic(client, deadLetterTopic(group));
