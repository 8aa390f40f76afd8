import { clientOf } from '@daikaifa/harness';
import { connectMongo } from '@daikaifa/mongo';
import { SERVICES, type Stack } from '@daikaifa/stack';
import { eventually, silentLogger, testServers } from '@daikaifa/testing';

export type Service = (typeof SERVICES)[number];

/** How far the services of a stack are with each other's events. */
export interface Progress {
  /** Topic as it is called at the broker. */
  topicName(contractName: string): string;
  /** Everything written was published, and is known to be. */
  untilPublished(service: Service): Promise<void>;
  /** The service has dealt with every event of its topics, and said so to the broker. */
  untilCaughtUp(service: Service): Promise<void>;
  /** Every event was dealt with, and so was every event that came of one. What waits in a job is not looked at. */
  untilSettled(): Promise<void>;
  /** Events that a service gave up. */
  deadLetters(service: Service): Promise<number>;
  stop(): Promise<void>;
}

const CATCH_UP = { timeoutMs: 40_000, everyMs: 200 };

/** A text as Kafka's protocol writes it. */
const written = (text: string): Buffer => {
  const bytes = Buffer.alloc(2 + text.length);
  bytes.writeInt16BE(text.length, 0);
  bytes.write(text, 2, 'latin1');
  return bytes;
};

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

export const watchProgress = async (stack: Stack): Promise<Progress> => {
  const { KAFKA_TOPIC_PREFIX: topicPrefix = '', MONGO_DATABASE_PREFIX: databasePrefix = '' } = stack.envOf('callback');
  const { kafkaBrokers, mongoUrl } = testServers();
  const kafka = clientOf({ kafka: { brokers: kafkaBrokers, topicPrefix, replicationFactor: 1 } });
  const mongo = await connectMongo({ url: mongoUrl, database: `${databasePrefix}watch`, logger: silentLogger() });

  const pendingOf = async (service: Service): Promise<number> => {
    const database = mongo.connection.getClient().db(`${databasePrefix}${service}`);
    const collections = await database.listCollections({}, { nameOnly: true }).toArray();
    return sum(
      await Promise.all(
        collections.map(({ name }) => database.collection(name).countDocuments({ pendingSince: { $gte: new Date(0) } })),
      ),
    );
  };

  /** Over the topics that the members of the group were given: of one that is new to it, nothing is committed yet. */
  const isCaughtUp = (service: Service): Promise<boolean> =>
    kafka.withAdmin(async (admin) => {
      const groupId = kafka.groupId(service);
      const { groups } = await admin.describeGroups([groupId]);
      const [group] = groups;
      if (group?.state !== 'Stable') {
        return false;
      }
      const all = (await admin.listTopics()).filter((topic) => topic.startsWith(topicPrefix));
      const given = all.filter((topic) => group.members.some(({ memberAssignment }) => memberAssignment.includes(written(topic))));
      if (given.length === 0) {
        return false;
      }
      const committed = await admin.fetchOffsets({ groupId, topics: given });
      const areDone = await Promise.all(
        committed.map(async ({ topic, partitions }) => {
          const ends = await admin.fetchTopicOffsets(topic);
          return ends.every(({ partition, low, high }) => {
            const offset = Number(partitions.find((each) => each.partition === partition)?.offset ?? -1);
            return Math.max(offset, Number(low)) >= Number(high);
          });
        }),
      );
      return areDone.every(Boolean);
    });

  /** How many events there ever were, of all topics. */
  const countEvents = (): Promise<number> =>
    kafka.withAdmin(async (admin) => {
      const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(topicPrefix));
      const ends = await Promise.all(topics.map((topic) => admin.fetchTopicOffsets(topic)));
      return sum(ends.flat().map(({ high }) => Number(high)));
    });

  /** In this order: what came of the last event is pending or published when that is dealt with. */
  const isSettled = async (): Promise<boolean> => {
    const before = await countEvents();
    const areCaughtUp = (await Promise.all(SERVICES.map(isCaughtUp))).every(Boolean);
    return areCaughtUp && sum(await Promise.all(SERVICES.map(pendingOf))) === 0 && (await countEvents()) === before;
  };

  return {
    topicName: kafka.topicName,
    untilPublished: async (service) => {
      await eventually(async () => (await pendingOf(service)) === 0, CATCH_UP);
    },
    untilCaughtUp: async (service) => {
      await eventually(() => isCaughtUp(service), CATCH_UP);
    },
    untilSettled: async () => {
      await eventually(isSettled, CATCH_UP);
    },
    deadLetters: (service) =>
      kafka.withAdmin(async (admin) => {
        const offsets = await admin.fetchTopicOffsets(`${kafka.groupId(service)}.dlq`);
        return sum(offsets.map(({ high }) => Number(high)));
      }),
    stop: () => mongo.close(),
  };
};
