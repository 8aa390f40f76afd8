import { clientOf } from '@daikaifa/harness';
import { connectMongo } from '@daikaifa/mongo';
import { SERVICES, type App, type Stack } from '@daikaifa/stack';
import { eventually, mongoUrlThrough, silentLogger, testServers } from '@daikaifa/testing';
import { makeStack, SHORT_SESSION, type StackSettings } from './harness';
import { startKafkaWire, startMongoWire, type Hold, type Wire } from './wire';

export type Service = (typeof SERVICES)[number];

/** What a service says to its servers. */
export interface Wires {
  readonly kafka: Wire;
  readonly mongo: Wire;
}

export interface KillStage {
  readonly stack: Stack;
  readonly wires: Readonly<Record<Service, Wires>>;
  /** Topic as it is called at the broker. */
  topicName(contractName: string): string;
  /** `kill -9` while the holds keep something back, which is lost with it; then a new process of each. */
  killAndRestart(apps: readonly App[], holds?: readonly Hold[]): Promise<void>;
  /** Everything written was published, and is known to be. */
  untilPublished(service: Service): Promise<void>;
  /** The service has dealt with every event of its topics, and said so to the broker. */
  untilCaughtUp(service: Service): Promise<void>;
  untilAllPublished(): Promise<void>;
  untilAllCaughtUp(): Promise<void>;
  /** Events that a service gave up. */
  deadLetters(service: Service): Promise<number>;
  stop(): Promise<void>;
}

const CATCH_UP = { timeoutMs: 40_000, everyMs: 200 };

const isService = (app: App): app is Service => (SERVICES as readonly App[]).includes(app);

const startWires = async (): Promise<Record<Service, Wires>> => {
  const { kafkaBrokers, mongoUrl } = testServers();
  const started = await Promise.all(
    SERVICES.map(async (service) => {
      const [kafka, mongo] = await Promise.all([startKafkaWire(kafkaBrokers[0]!), startMongoWire(mongoUrl)]);
      return [service, { kafka, mongo }] as const;
    }),
  );
  return Object.fromEntries(started) as Record<Service, Wires>;
};

const settingsOf = (wires: Readonly<Record<Service, Wires>>, env: StackSettings['env'] = {}) =>
  Object.fromEntries(
    SERVICES.map((service) => {
      const { kafka, mongo } = wires[service];
      const servers = { KAFKA_BROKERS: kafka.address, MONGO_URL: mongoUrlThrough(mongo.address) };
      return [service, { ...env[service], ...servers }];
    }),
  );

/** A stack whose services talk to MongoDB and Kafka over wires, each over its own. */
export const makeKillStage = async (settings: StackSettings = {}): Promise<KillStage> => {
  const wires = await startWires();
  const stack = await makeStack({
    commonEnv: { ...SHORT_SESSION, ...settings.commonEnv },
    env: { ...settings.env, ...settingsOf(wires, settings.env) },
  });
  const { KAFKA_TOPIC_PREFIX: topicPrefix = '', MONGO_DATABASE_PREFIX: databasePrefix = '' } = stack.envOf('callback');
  const { kafkaBrokers, mongoUrl } = testServers();
  const kafka = clientOf({ kafka: { brokers: kafkaBrokers, topicPrefix, replicationFactor: 1 } });
  const mongo = await connectMongo({ url: mongoUrl, database: `${databasePrefix}watch`, logger: silentLogger() });

  const pendingOf = async (service: Service): Promise<number> => {
    const database = mongo.connection.getClient().db(`${databasePrefix}${service}`);
    const collections = await database.listCollections({}, { nameOnly: true }).toArray();
    const counts = await Promise.all(
      collections.map(({ name }) => database.collection(name).countDocuments({ pendingSince: { $gte: new Date(0) } })),
    );
    return counts.reduce((sum, count) => sum + count, 0);
  };

  const lagOf = (service: Service): Promise<number> =>
    kafka.withAdmin(async (admin) => {
      const committed = await admin.fetchOffsets({ groupId: kafka.groupId(service) });
      const lags = await Promise.all(
        committed.map(async ({ topic, partitions }) => {
          const ends = await admin.fetchTopicOffsets(topic);
          return ends.reduce((sum, { partition, high }) => {
            const offset = Number(partitions.find((each) => each.partition === partition)?.offset ?? -1);
            return sum + Number(high) - Math.max(offset, 0);
          }, 0);
        }),
      );
      return lags.reduce((sum, lag) => sum + lag, 0);
    });

  const untilPublished = async (service: Service): Promise<void> => {
    await eventually(async () => (await pendingOf(service)) === 0, CATCH_UP);
  };
  const untilCaughtUp = async (service: Service): Promise<void> => {
    await eventually(async () => (await lagOf(service)) === 0, CATCH_UP);
  };
  const inAll = async (until: (service: Service) => Promise<void>): Promise<void> => {
    await Promise.all(SERVICES.map(until));
  };

  return {
    stack,
    wires,
    topicName: kafka.topicName,
    killAndRestart: async (apps, holds = []) => {
      await Promise.all(holds.map((hold) => hold.untilCaught()));
      await Promise.all(apps.map((app) => stack.processes[app].kill()));
      const cut = apps.filter(isService).flatMap((service): Wire[] => Object.values(wires[service]));
      await Promise.all(cut.map((wire) => wire.untilSilent()));
      holds.forEach((hold) => hold.release());
      await Promise.all(apps.map((app) => stack.processes[app].start()));
    },
    untilPublished,
    untilCaughtUp,
    untilAllPublished: () => inAll(untilPublished),
    untilAllCaughtUp: () => inAll(untilCaughtUp),
    deadLetters: (service) =>
      kafka.withAdmin(async (admin) => {
        const offsets = await admin.fetchTopicOffsets(`${kafka.groupId(service)}.dlq`);
        return offsets.reduce((sum, { high }) => sum + Number(high), 0);
      }),
    stop: async () => {
      await stack.stop();
      await mongo.close();
      await Promise.all(Object.values(wires).flatMap((both) => [both.kafka.stop(), both.mongo.stop()]));
    },
  };
};
