import { setTimeout as pause } from 'node:timers/promises';
import { STATE_COMPACTION_LAG_MS, WECOM_RETENTION_MS, type AnyTopic } from '@daikaifa/contracts';
import {
  ConfigResourceTypes,
  KafkaJSAggregateError,
  KafkaJSError,
  KafkaJSProtocolError,
  type Admin,
  type ITopicConfig,
  type ITopicMetadata,
} from 'kafkajs';
import { PRODUCTION_MIN_IN_SYNC, PRODUCTION_REPLICATION, type KafkaClient } from './kafka-client';

/**
 * Retention looks at closed segments only: without this a quiet topic keeps its records for a week. A record is gone
 * after the retention and this together.
 */
export const SIGNAL_SEGMENT_MS = 6 * 3_600_000;

/** Dead letters are few, and one partition keeps them in the order in which they died. */
const DEAD_LETTER_PARTITIONS = 1;

const VISIBLE_WITHIN_MS = 20_000;
const VISIBLE_CHECK_MS = 50;

/** Long after the letters are gone it can be told what became of them. */
const JOURNAL_RETENTION_MS = 90 * 24 * 3_600_000;
const JOURNAL_SEGMENT_MS = 7 * 24 * 3_600_000;

/** Contract name of the topic that takes what a group could not deal with. */
export const deadLetterTopic = (group: string): string => `${group}.dlq`;

/** Dead letters that the group is asked to deal with again; it reads them as it reads its other topics. */
export const redriveTopic = (group: string): string => `${group}.redrive`;

/** What became of dead letters, and who wanted it so; nothing of their content. */
export const journalTopic = (group: string): string => `${group}.dlq-journal`;

interface WantedTopic {
  readonly name: string;
  readonly partitions: number;
  readonly config: Readonly<Record<string, string>>;
}

const durability = (client: KafkaClient): Record<string, string> => ({
  'min.insync.replicas': String(client.replicationFactor >= PRODUCTION_REPLICATION ? PRODUCTION_MIN_IN_SYNC : 1),
  'unclean.leader.election.enable': 'false',
});

const wantedTopics = (client: KafkaClient, topics: readonly AnyTopic[], groups: readonly string[]): WantedTopic[] => {
  const expiring = (retentionMs: number, segmentMs = SIGNAL_SEGMENT_MS): Record<string, string> => ({
    'cleanup.policy': 'delete',
    'retention.ms': String(retentionMs),
    'segment.ms': String(segmentMs),
  });
  const ofLetters = (topic: string, config: Record<string, string>): WantedTopic => ({
    name: client.topicName(topic),
    partitions: DEAD_LETTER_PARTITIONS,
    config,
  });
  const compacted = { 'cleanup.policy': 'compact', 'min.compaction.lag.ms': String(STATE_COMPACTION_LAG_MS) };
  const wanted = [
    ...topics.map((topic) => ({
      name: client.topicName(topic.topic),
      partitions: topic.partitions,
      config: topic.kind === 'state' ? compacted : expiring(topic.retentionMs),
    })),
    ...groups.flatMap((group) => [
      ofLetters(deadLetterTopic(group), expiring(WECOM_RETENTION_MS)),
      ofLetters(redriveTopic(group), expiring(WECOM_RETENTION_MS)),
      ofLetters(journalTopic(group), expiring(JOURNAL_RETENTION_MS, JOURNAL_SEGMENT_MS)),
    ]),
  ].map((topic) => ({ ...topic, config: { ...topic.config, ...durability(client) } }));
  return [...new Map(wanted.map((topic) => [topic.name, topic])).values()];
};

/** Another process has made the topic, or a busy broker goes on making it after the time that it had to answer. */
const BEING_MADE = new Set(['TOPIC_ALREADY_EXISTS', 'REQUEST_TIMED_OUT']);

const areBeingMade = (error: unknown): boolean =>
  error instanceof KafkaJSAggregateError &&
  error.errors.every((one) => one instanceof KafkaJSProtocolError && BEING_MADE.has(one.type));

const createMissing = async (client: KafkaClient, admin: Admin, wanted: readonly WantedTopic[]): Promise<void> => {
  const existing = new Set(await admin.listTopics());
  const missing = wanted.filter(({ name }) => !existing.has(name));
  if (missing.length === 0) {
    return;
  }
  const definitions: ITopicConfig[] = missing.map(({ name, partitions, config }) => ({
    topic: name,
    numPartitions: partitions,
    replicationFactor: client.replicationFactor,
    configEntries: Object.entries(config).map(([key, value]) => ({ name: key, value })),
  }));
  try {
    // It would wait for the leaders itself, but gives up on a busy broker that does not know the topic yet.
    await admin.createTopics({ topics: definitions, waitForLeaders: false });
  } catch (error) {
    // `describeTopics` waits for them, and tells of those that do not come.
    if (!areBeingMade(error)) {
      throw error;
    }
  }
};

const untilKnown = async <T>(ask: () => Promise<T>): Promise<T> => {
  const deadline = Date.now() + VISIBLE_WITHIN_MS;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      const isPassing = error instanceof KafkaJSError && error.retriable;
      if (!isPassing || Date.now() > deadline) {
        throw error;
      }
      await pause(VISIBLE_CHECK_MS);
    }
  }
};

/** Topics that another process is making at this moment are known a little later, with their leaders later still. */
const describeTopics = async (admin: Admin, names: string[]): Promise<ITopicMetadata[]> =>
  (await untilKnown(() => admin.fetchTopicMetadata({ topics: names }))).topics;

/**
 * A broker names the leader of a new partition before that leader has made its log: on a busy one the first events
 * would be refused for longer than the sender tries. A leader that gives its offsets takes events.
 */
const waitForLeaders = async (admin: Admin, wanted: readonly WantedTopic[]): Promise<void> => {
  // One after the other: of topics that are new to it, kafkajs knows the partitions only when it is asked for one at a time.
  for (const { name } of wanted) {
    await untilKnown(() => admin.fetchTopicOffsets(name));
  }
};

/** What is wrong with the topics as they are; each line names the topic and both values. */
const partitionFaults = async (
  client: KafkaClient,
  admin: Admin,
  wanted: readonly WantedTopic[],
): Promise<string[]> => {
  const topics = await describeTopics(
    admin,
    wanted.map(({ name }) => name),
  );
  return wanted.flatMap(({ name, partitions }) => {
    const found = topics.find((topic) => topic.name === name)?.partitions ?? [];
    const replicas = Math.min(...found.map((partition) => partition.replicas.length));
    return [
      ...(found.length === partitions
        ? []
        : [`topic ${name} has ${found.length} partitions, the contract fixes ${partitions}`]),
      ...(client.production && replicas < PRODUCTION_REPLICATION
        ? [`topic ${name} has ${replicas} replicas, production needs ${PRODUCTION_REPLICATION}`]
        : []),
    ];
  });
};

const configFaults = async (client: KafkaClient, admin: Admin, wanted: readonly WantedTopic[]): Promise<string[]> => {
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: wanted.map(({ name, config }) => ({
      type: ConfigResourceTypes.TOPIC,
      name,
      configNames: Object.keys(config),
    })),
  });
  return wanted.flatMap(({ name, config }) => {
    const entries = resources.find((resource) => resource.resourceName === name)?.configEntries ?? [];
    const actual = new Map(entries.map((entry) => [entry.configName, entry.configValue]));
    const different = Object.keys(config).filter((key) => actual.get(key) !== config[key]);
    const refused = different.filter(
      (key) =>
        // A topic that is compacted or not against its contract loses events.
        key === 'cleanup.policy' ||
        (client.production && key === 'unclean.leader.election.enable') ||
        (client.production && key === 'min.insync.replicas' && Number(actual.get(key)) < PRODUCTION_MIN_IN_SYNC),
    );
    for (const key of different.filter((each) => !refused.includes(each))) {
      client.logger.warn(
        { 'kafka.topic': name, 'kafka.setting': key, 'kafka.actual': actual.get(key), 'kafka.wanted': config[key] },
        'a topic has another setting than the platform gives it',
      );
    }
    return refused.map((key) => `topic ${name} has ${key} = ${actual.get(key)}, needed is ${config[key]}`);
  });
};

/**
 * Makes the topics of the contracts and those for the dead letters of the groups, with fixed partitions. Safe to repeat
 * and to run in many processes at once.
 * @throws Error naming every topic that exists in a form that would lose or misplace events; nothing is changed then
 */
export const ensureTopics = async (
  client: KafkaClient,
  topics: readonly AnyTopic[],
  groups: readonly string[],
): Promise<void> => {
  const wanted = wantedTopics(client, topics, groups);
  if (wanted.length === 0) {
    return;
  }
  await client.withAdmin(async (admin) => {
    // Again when there was no answer: what came of it shows in the list.
    await untilKnown(() => createMissing(client, admin, wanted));
    const faults = [
      ...(await partitionFaults(client, admin, wanted)),
      ...(await configFaults(client, admin, wanted)),
    ];
    if (faults.length > 0) {
      throw new Error(`Kafka is not set up as it must be: ${faults.join('; ')}`);
    }
    await waitForLeaders(admin, wanted);
  });
};
