import type { SignalTopic, StateTopic } from '@daikaifa/contracts';
import { newId } from '@daikaifa/kernel';
import {
  connectKafka,
  createConsumers,
  createMemoryProjectionStore,
  createSender,
  defineConsumer,
  ensureTopics,
  type AnyConsumer,
  type KafkaClient,
} from '@daikaifa/messaging';
import { silentLogger, uniqueName } from '@daikaifa/testing';

/** The part of a service's configuration that says where its topics are. */
export interface OnKafka {
  readonly kafka: { readonly brokers: readonly string[]; readonly topicPrefix: string; readonly replicationFactor: number };
}

export const clientOf = ({ kafka }: OnKafka): KafkaClient =>
  connectKafka({ ...kafka, clientId: 'test', logger: silentLogger(), environment: 'development' });

const envelopeOf = (event: { subject: string; tenant: string; type: string }): Record<string, unknown> => ({
  specversion: '1.0',
  id: newId(),
  source: 'daikaifa/test',
  time: new Date().toISOString(),
  datacontenttype: 'application/json',
  correlationid: newId(),
  ...event,
});

/** A broker that stalls for a while is not what specs are about; services give up earlier, their callers try again. */
const SEND_TIMEOUT_MS = 30_000;

/** Publishes as another service would. */
export const createPublisher = async (config: OnKafka) => {
  const client = clientOf(config);
  const sender = createSender(client, { timeoutMs: SEND_TIMEOUT_MS });
  await sender.start();
  const ensured = new Set<string>();
  const ensure = async (topic: StateTopic<unknown> | SignalTopic<unknown>): Promise<void> => {
    if (!ensured.has(topic.topic)) {
      await ensureTopics(client, [topic], []);
      ensured.add(topic.topic);
    }
  };
  return {
    stop: sender.stop,
    /** Any text as it is. */
    raw: (topic: { readonly topic: string }, key: string, value: string) =>
      sender.send([{ topic: topic.topic, key, value }]),
    /** The tenant is the publisher of the state, or the state itself where that is a publisher. */
    state: async <S extends { readonly id: string; readonly publisherId?: string }>(
      topic: StateTopic<S>,
      sequence: number,
      data: S,
    ): Promise<void> => {
      await ensure(topic as StateTopic<unknown>);
      const type = topic.types[0] ?? 'test';
      const envelope = envelopeOf({ subject: data.id, tenant: data.publisherId ?? data.id, type });
      await sender.send([{ topic: topic.topic, key: data.id, value: JSON.stringify({ ...envelope, sequence, data }) }]);
    },
    signal: async <T>(
      topic: SignalTopic<T>,
      signal: { readonly id: string; readonly key: string; readonly tenant: string; readonly type: string },
      data: T,
    ): Promise<void> => {
      await ensure(topic as SignalTopic<unknown>);
      const { id, key, tenant, type } = signal;
      const envelope = envelopeOf({ subject: key, tenant, type });
      await sender.send([{ topic: topic.topic, key, value: JSON.stringify({ ...envelope, id, data }) }]);
    },
  };
};

export interface Seen<S> {
  readonly id: string;
  readonly type: string;
  readonly sequence: number;
  readonly state: S;
}

/** Reads a topic from its beginning, as a new service would. */
export const watchTopic = async <S>(config: OnKafka, topic: StateTopic<S>) => {
  const seen: Seen<S>[] = [];
  const client = clientOf(config);
  const group = uniqueName('watch');
  await ensureTopics(client, [topic as StateTopic<unknown>], [group]);
  const watcher = defineConsumer(topic, {
    name: 'watch',
    project: ({ data }) => data,
    effects: async ({ aggregateId, type, sequence, value }) => {
      seen.push({ id: aggregateId, type, sequence, state: value });
    },
  });
  const consumers = createConsumers({
    client,
    group,
    consumers: [watcher as unknown as AnyConsumer],
    projections: createMemoryProjectionStore(),
    sender: { send: async () => undefined },
    logger: silentLogger(),
  });
  await consumers.start();
  return {
    stop: consumers.stop,
    /** Every event that was seen so far. */
    all: (): readonly Seen<S>[] => [...seen],
    /** Events of one aggregate, in order. */
    of: (id: string) => seen.filter((event) => event.id === id),
  };
};
