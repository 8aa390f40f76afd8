import type { AnyTopic } from '@daikaifa/contracts';
import { KafkaJSAggregateError, KafkaJSProtocolError, KafkaJSRequestTimeoutError, type Admin } from 'kafkajs';
import type { KafkaClient } from './kafka-client';
import { ensureTopics } from './topics';

const TOPIC = { kind: 'signal', topic: 'signals.v1', partitions: 1, retentionMs: 1000 } as unknown as AnyTopic;

const refusals = (...types: readonly string[]): Error =>
  new KafkaJSAggregateError(
    'Topic creation errors',
    types.map((type) => new KafkaJSProtocolError(Object.assign(new Error(type), { type, code: 0 }))),
  );

/** A broker that answers the first creation with this error, and has the topic soon. */
const ensureWith = (error: Error): Promise<void> => {
  const created = jest.fn().mockRejectedValueOnce(error).mockResolvedValue(true);
  const admin = {
    listTopics: async () => [],
    createTopics: created,
    fetchTopicMetadata: async () => ({ topics: [{ name: 'signals.v1', partitions: [{ replicas: [1] }] }] }),
    describeConfigs: async () => ({
      resources: [{ resourceName: 'signals.v1', configEntries: [{ configName: 'cleanup.policy', configValue: 'delete' }] }],
    }),
    fetchTopicOffsets: async () => [],
  } as unknown as Admin;
  const client = {
    replicationFactor: 1,
    topicName: (name: string) => name,
    logger: { warn: () => undefined },
    withAdmin: (work: (one: Admin) => Promise<void>) => work(admin),
  } as unknown as KafkaClient;
  return ensureTopics(client, [TOPIC], []);
};

it.each([
  ['is at work on them for longer than it was given', refusals('REQUEST_TIMED_OUT')],
  ['is asked by two processes at once', refusals('TOPIC_ALREADY_EXISTS', 'REQUEST_TIMED_OUT')],
  ['does not answer in time', new KafkaJSRequestTimeoutError('Request CreateTopics timed out')],
])('waits for topics when the broker %s', async (_name, error) => {
  await expect(ensureWith(error)).resolves.toBeUndefined();
});

it('passes on what the broker refuses', async () => {
  const error = refusals('TOPIC_ALREADY_EXISTS', 'INVALID_REPLICATION_FACTOR');

  await expect(ensureWith(error)).rejects.toBe(error);
});
