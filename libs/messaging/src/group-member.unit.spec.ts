import { eventually, silentLogger } from '@daikaifa/testing';
import type { ConsumerConfig, Kafka } from 'kafkajs';
import { createGroupMember } from './group-member';
import { connectKafka, type KafkaClient } from './kafka-client';

const NOBODY = {
  brokers: ['127.0.0.1:1'],
  clientId: 'test',
  topicPrefix: '',
  replicationFactor: 1,
  logger: silentLogger(),
  environment: 'development',
} as const;

/** What the driver is asked for when a member begins; no broker is there. */
const configOf = async (client: KafkaClient): Promise<ConsumerConfig> => {
  const asked: ConsumerConfig[] = [];
  const consumer = (config: ConsumerConfig): never => {
    asked.push(config);
    throw new Error('no broker');
  };
  const driver = () => ({ consumer }) as unknown as Kafka;
  const onBatch = (): Promise<void> => Promise.resolve();
  const member = createGroupMember({ client: { ...client, driver }, logger: client.logger, group: 'g', topics: ['t'], concurrency: 1, onBatch });
  const started = member.start();
  await eventually(() => asked.length > 0);
  await Promise.all([member.stop(), started]);
  return asked[0]!;
};

describe('the session of a group member', () => {
  it('is the one that is configured, with several heartbeats in it', async () => {
    const { sessionTimeout, heartbeatInterval } = await configOf(connectKafka({ ...NOBODY, sessionTimeoutMs: 4_000 }));

    expect(sessionTimeout).toBe(4_000);
    expect(heartbeatInterval).toBe(1_333);
  });

  it('lasts ten seconds when nothing is configured', async () => {
    expect((await configOf(connectKafka(NOBODY))).sessionTimeout).toBe(10_000);
  });
});
