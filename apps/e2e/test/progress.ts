import { clientOf } from '@daikaifa/harness';
import { connectMongo } from '@daikaifa/mongo';
import { SERVICES, type Stack } from '@daikaifa/stack';
import { eventually, silentLogger, testServers } from '@daikaifa/testing';
import { kafkaOf } from './kafka-of';

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
  /** What the consumer of this name keeps of an aggregate holds. */
  untilProjected(service: Service, consumer: string, aggregateId: string, holds: (value: unknown) => boolean): Promise<void>;
  /** Events that a service gave up. */
  deadLetters(service: Service): Promise<number>;
  stop(): Promise<void>;
}

/** By topic as it is called at the broker. */
type Ends = ReadonlyMap<string, readonly { readonly partition: number; readonly low: string; readonly high: string }[]>;

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
  const { MONGO_DATABASE_PREFIX: databasePrefix = '' } = stack.envOf('callback');
  const settings = kafkaOf(stack);
  const kafka = clientOf(settings);
  // One connection for all looks; a list of the topics of every stack of a run is long, and asked for once.
  const admin = kafka.driver({ requestTimeoutMs: 30_000, retries: 8 }).admin();
  await admin.connect();
  const ownTopics = async (): Promise<readonly string[]> =>
    (await admin.listTopics()).filter((topic) => topic.startsWith(settings.kafka.topicPrefix));
  const mongo = await connectMongo({ url: testServers().mongoUrl, database: `${databasePrefix}watch`, logger: silentLogger() });

  const pendingOf = async (service: Service): Promise<number> => {
    const database = mongo.connection.getClient().db(`${databasePrefix}${service}`);
    const collections = await database.listCollections({}, { nameOnly: true }).toArray();
    return sum(
      await Promise.all(
        collections.map(({ name }) => database.collection(name).countDocuments({ pendingSince: { $gte: new Date(0) } })),
      ),
    );
  };

  const endsOf = async (topics: readonly string[]): Promise<Ends> =>
    new Map(await Promise.all(topics.map(async (topic) => [topic, await admin.fetchTopicOffsets(topic)] as const)));

  /** How many events there ever were. */
  const countEvents = (ends: Ends): number => sum([...ends.values()].flat().map(({ high }) => Number(high)));

  /** Over the topics that the members of the group were given: of one that is new to it, nothing is committed yet. */
  const isCaughtUp = async (service: Service, topics: readonly string[], known?: Ends): Promise<boolean> => {
    const groupId = kafka.groupId(service);
    const { groups } = await admin.describeGroups([groupId]);
    const [group] = groups;
    if (group?.state !== 'Stable') {
      return false;
    }
    const given = topics.filter((topic) =>
      group.members.some(({ memberAssignment }) => memberAssignment.includes(written(topic))),
    );
    if (given.length === 0) {
      return false;
    }
    const ends = known ?? (await endsOf(given));
    const committed = await admin.fetchOffsets({ groupId, topics: given });
    return committed.every(({ topic, partitions }) =>
      ends.get(topic)!.every(({ partition, low, high }) => {
        const offset = Number(partitions.find((each) => each.partition === partition)?.offset ?? -1);
        return Math.max(offset, Number(low)) >= Number(high);
      }),
    );
  };

  /** In this order: what came of the last event is pending or published when that is dealt with. */
  const isSettled = async (topics: readonly string[]): Promise<boolean> => {
    const before = await endsOf(topics);
    const areCaughtUp = await Promise.all(SERVICES.map((service) => isCaughtUp(service, topics, before)));
    return (
      areCaughtUp.every(Boolean) &&
      sum(await Promise.all(SERVICES.map(pendingOf))) === 0 &&
      countEvents(await endsOf(topics)) === countEvents(before)
    );
  };

  return {
    topicName: kafka.topicName,
    untilPublished: async (service) => {
      await eventually(async () => (await pendingOf(service)) === 0, CATCH_UP);
    },
    untilCaughtUp: async (service) => {
      const topics = await ownTopics();
      await eventually(async () => isCaughtUp(service, topics), CATCH_UP);
    },
    untilSettled: async () => {
      const topics = await ownTopics();
      await eventually(() => isSettled(topics), CATCH_UP);
    },
    untilProjected: async (service, consumer, aggregateId, holds) => {
      const projections = mongo.connection
        .getClient()
        .db(`${databasePrefix}${service}`)
        .collection<{ _id: string; value: unknown }>(`projection.${consumer}`);
      await eventually(async () => holds((await projections.findOne({ _id: aggregateId }))?.value), CATCH_UP);
    },
    deadLetters: async (service) => {
      const offsets = await admin.fetchTopicOffsets(`${kafka.groupId(service)}.dlq`);
      return sum(offsets.map(({ high }) => Number(high)));
    },
    stop: async () => {
      await Promise.all([admin.disconnect(), mongo.close()]);
    },
  };
};
