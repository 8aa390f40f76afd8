import { defineStateTopic } from '@daikaifa/contracts';
import { capturedLogger, silentLogger, testServers, uniqueName } from '@daikaifa/testing';
import { ConfigResourceTypes } from 'kafkajs';
import { connectKafka, ensureTopics, type KafkaClient } from '../src';
import { makeTopic } from './harness';
import { otherTopic, signalTopic, thingTopic } from './things';

const HOURS_72 = String(72 * 3_600_000);

const connect = (overrides: Partial<Parameters<typeof connectKafka>[0]> = {}): KafkaClient =>
  connectKafka({
    brokers: testServers().kafkaBrokers,
    clientId: 'topics',
    topicPrefix: `${uniqueName('topics')}.`,
    replicationFactor: 1,
    logger: silentLogger(),
    environment: 'development',
    ...overrides,
  });

const settingsOf = async (client: KafkaClient, contractName: string): Promise<Record<string, string>> => {
  const { resources } = await client.withAdmin((admin) =>
    admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: ConfigResourceTypes.TOPIC, name: client.topicName(contractName) }],
    }),
  );
  return Object.fromEntries(resources[0]!.configEntries.map((entry) => [entry.configName, entry.configValue]));
};

const partitionsOf = async (client: KafkaClient, contractName: string): Promise<number> => {
  const name = client.topicName(contractName);
  const { topics } = await client.withAdmin((admin) => admin.fetchTopicMetadata({ topics: [name] }));
  return topics[0]!.partitions.length;
};

describe('ensureTopics', () => {
  it('makes state topics compacted, signal and dead letter topics expiring, with fixed partitions', async () => {
    const client = connect();

    await ensureTopics(client, [thingTopic, signalTopic], ['group-a']);

    expect(await settingsOf(client, thingTopic.topic)).toMatchObject({
      'cleanup.policy': 'compact',
      'min.compaction.lag.ms': HOURS_72,
      'unclean.leader.election.enable': 'false',
    });
    const expiring = { 'cleanup.policy': 'delete', 'retention.ms': HOURS_72, 'segment.ms': String(6 * 3_600_000) };
    expect(await settingsOf(client, signalTopic.topic)).toMatchObject(expiring);
    for (const topic of ['group-a.dlq', 'group-a.redrive']) {
      expect(await settingsOf(client, topic)).toMatchObject(expiring);
      expect(await partitionsOf(client, topic)).toBe(1);
    }
    expect(await settingsOf(client, 'group-a.dlq-journal')).toMatchObject({
      'cleanup.policy': 'delete',
      'retention.ms': String(90 * 24 * 3_600_000),
    });
    expect(await partitionsOf(client, thingTopic.topic)).toBe(3);
  });

  it('may be repeated and may run in many processes at once', async () => {
    const client = connect();

    await Promise.all([1, 2, 3].map(() => ensureTopics(client, [thingTopic, otherTopic], ['group-a', 'group-b'])));
    await ensureTopics(client, [thingTopic, otherTopic, signalTopic], ['group-a']);

    expect(await partitionsOf(client, signalTopic.topic)).toBe(3);
  });

  it('refuses a topic that exists with other partitions, and says which', async () => {
    const client = connect();
    await ensureTopics(client, [thingTopic], []);
    const wider = defineStateTopic({ ...thingTopic, partitions: 5 });

    await expect(ensureTopics(client, [wider], [])).rejects.toThrow(
      `topic ${client.topicName(thingTopic.topic)} has 3 partitions, the contract fixes 5`,
    );
  });

  it('refuses a state topic that is not compacted', async () => {
    const client = connect();
    await makeTopic(client, thingTopic);

    await expect(ensureTopics(client, [thingTopic], [])).rejects.toThrow(/cleanup\.policy = delete, needed is compact/);
  });

  it('says aloud where another setting differs', async () => {
    const { logger, lines } = capturedLogger();
    const client = connect({ logger });
    await makeTopic(client, signalTopic, { 'retention.ms': '1000' });

    await ensureTopics(client, [signalTopic], []);

    expect(lines).toContainEqual(
      expect.objectContaining({ level: 'warn', 'kafka.setting': 'retention.ms', 'kafka.actual': '1000' }),
    );
  });

  it('refuses to start in production on fewer than three replicas', () => {
    const start = (): KafkaClient => connect({ environment: 'production', replicationFactor: 2 });
    expect(start).toThrow(/replication factor of at least 3/);
  });

  it('refuses in production topics whose acknowledged events one server can lose', async () => {
    const topicPrefix = `${uniqueName('topics')}.`;
    await ensureTopics(connect({ topicPrefix }), [thingTopic], []);
    const production = connect({ topicPrefix, environment: 'production', replicationFactor: 3 });

    const refusal = ensureTopics(production, [thingTopic], []);

    await expect(refusal).rejects.toThrow(/has 1 replicas, production needs 3/);
    await expect(refusal).rejects.toThrow(/min\.insync\.replicas = 1, needed is 2/);
  });
});
