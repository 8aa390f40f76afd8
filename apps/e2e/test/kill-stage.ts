import { SERVICES, type App, type Stack } from '@daikaifa/stack';
import { mongoUrlThrough, testServers } from '@daikaifa/testing';
import { makeStack, SHORT_SESSION, type StackSettings } from './harness';
import { watchProgress, type Progress, type Service } from './progress';
import { startKafkaWire, startMongoWire, type Hold, type Wire } from './wire';

/** What a service says to its servers. */
export interface Wires {
  readonly kafka: Wire;
  readonly mongo: Wire;
}

export interface KillStage extends Progress {
  readonly stack: Stack;
  readonly wires: Readonly<Record<Service, Wires>>;
  /** `kill -9` while the holds keep something back, which is lost with it; then a new process of each. */
  killAndRestart(apps: readonly App[], holds?: readonly Hold[]): Promise<void>;
}

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
  const progress = await watchProgress(stack);

  return {
    ...progress,
    stack,
    wires,
    killAndRestart: async (apps, holds = []) => {
      await Promise.all(holds.map((hold) => hold.untilCaught()));
      await Promise.all(apps.map((app) => stack.processes[app].kill()));
      const cut = apps.filter(isService).flatMap((service): Wire[] => Object.values(wires[service]));
      await Promise.all(cut.map((wire) => wire.untilSilent()));
      holds.forEach((hold) => hold.release());
      await Promise.all(apps.map((app) => stack.processes[app].start()));
    },
    stop: async () => {
      await stack.stop();
      await progress.stop();
      await Promise.all(Object.values(wires).flatMap((both) => [both.kafka.stop(), both.mongo.stop()]));
    },
  };
};
