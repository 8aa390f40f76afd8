import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { connectKafka, type KafkaClient } from '@daikaifa/messaging';
import { connectMongo, type MongoConnection } from '@daikaifa/mongo';
import { connectRedis, type RedisConnection } from '@daikaifa/redis';
import type { Stack } from '@daikaifa/stack';
import { silentLogger, testServers, uniqueName } from '@daikaifa/testing';
import { root } from './harness';

/** One piece of what the stack has written somewhere. */
export interface Written {
  readonly store: 'LOG' | 'MONGODB' | 'REDIS' | 'KAFKA' | 'KAFKA_FILE';
  /** File, collection, key or topic. */
  readonly place: string;
  readonly bytes: Buffer;
}

export interface TopicRecord {
  readonly topic: string;
  readonly key: string;
  readonly value: string;
  readonly parts: readonly Buffer[];
}

export interface StackStores {
  readonly names: { readonly database: string; readonly topic: string; readonly key: string; readonly logs: string };
  readonly mongo: MongoConnection;
  readonly redis: RedisConnection;
  readonly kafka: KafkaClient;
  /** The folder of the broker's segment files; null: another machine or launcher has it. */
  readonly segments: string | null;
  /** Every record of these topics that is there now, in the order of each partition. */
  records(topics: readonly string[]): Promise<readonly TopicRecord[]>;
  /** Everything that is there now. */
  read(): Promise<readonly Written[]>;
  close(): Promise<void>;
}

const TUNING = { requestTimeoutMs: 10_000, retries: 5 };

const filesBelow = (folder: string, suffix: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(suffix))
    .map((file) => join(folder, file));

const readFiles = (store: Written['store'], files: readonly string[]): Written[] =>
  files.map((place) => ({ store, place, bytes: readFileSync(place) }));

const readMongo = async ({ connection }: MongoConnection, prefix: string): Promise<Written[]> => {
  const client = connection.getClient();
  const { databases } = await client.db('admin').admin().listDatabases({ nameOnly: true });
  const written: Written[] = [];
  for (const { name } of databases.filter((one) => one.name.startsWith(prefix))) {
    for (const collection of await client.db(name).listCollections({}, { nameOnly: true }).toArray()) {
      // Raw BSON: text and binary fields as the bytes they are.
      const documents = await client.db(name).collection(collection.name).find({}, { raw: true }).toArray();
      const place = `${name}.${collection.name}`;
      const bytes = documents as unknown as readonly Buffer[];
      written.push(...bytes.map((document) => ({ store: 'MONGODB' as const, place, bytes: document })));
    }
  }
  return written;
};

/** Every text and byte string in an answer, names of fields too. */
const flat = (value: unknown): Buffer[] => {
  if (Buffer.isBuffer(value)) {
    return [value];
  }
  if (typeof value === 'string') {
    return [Buffer.from(value)];
  }
  return Array.isArray(value) ? value.flatMap(flat) : Object.entries(value as object).flatMap(flat);
};

const readKey = async ({ client }: RedisConnection, prefix: string, full: string): Promise<Buffer[]> => {
  if (!full.startsWith(`${prefix}:`)) {
    throw new Error(`the key ${full} is outside the prefix ${prefix}`);
  }
  const key = full.slice(prefix.length + 1);
  const type = await client.type(key);
  switch (type) {
    case 'string':
      return flat((await client.getBuffer(key)) ?? []);
    case 'hash':
      return flat(await client.hgetallBuffer(key));
    case 'list':
      return flat(await client.lrangeBuffer(key, 0, -1));
    case 'set':
      return flat(await client.smembersBuffer(key));
    case 'zset':
      return flat(await client.zrangeBuffer(key, '0', '-1'));
    case 'stream':
      return flat(await client.xrangeBuffer(key, '-', '+'));
    case 'none':
      return [];
    default:
      throw new Error(`keys of type ${type} are not searched yet`);
  }
};

const readRedis = async (redis: RedisConnection, prefix: string): Promise<Written[]> => {
  const keys = new Set<string>();
  let cursor = '0';
  do {
    const [next, found] = await redis.client.scan(cursor, 'MATCH', `*${prefix}*`, 'COUNT', 500);
    found.forEach((key) => keys.add(key));
    cursor = next;
  } while (cursor !== '0');
  const written: Written[] = [];
  for (const place of keys) {
    const parts = [Buffer.from(place), ...(await readKey(redis, prefix, place))];
    written.push(...parts.map((bytes) => ({ store: 'REDIS' as const, place, bytes })));
  }
  return written;
};

/** Topic and partition → offset of its last record; empty partitions are left out. */
const endsOf = (kafka: KafkaClient, topics: readonly string[]): Promise<Map<string, bigint>> =>
  kafka.withAdmin(async (admin) => {
    const last = new Map<string, bigint>();
    for (const topic of topics) {
      for (const { partition, low, high } of await admin.fetchTopicOffsets(topic)) {
        if (BigInt(high) > BigInt(low)) {
          last.set(`${topic}/${partition}`, BigInt(high) - 1n);
        }
      }
    }
    return last;
  });

const readTopics = async (kafka: KafkaClient, topics: readonly string[]): Promise<TopicRecord[]> => {
  const last = await endsOf(kafka, topics);
  if (last.size === 0) {
    return [];
  }
  const records: TopicRecord[] = [];
  const consumer = kafka.driver(TUNING).consumer({ groupId: uniqueName('leak-search') });
  await consumer.connect();
  try {
    await consumer.subscribe({ topics: [...topics], fromBeginning: true });
    await new Promise<void>((done, fail) => {
      consumer.on('consumer.crash', ({ payload }) => fail(payload.error));
      consumer
        .run({
          eachBatch: async ({ batch: { topic, partition, messages } }) => {
            for (const { key, value, headers, offset } of messages) {
              const parts = [...flat(key ?? []), ...flat(value ?? []), ...flat(headers ?? {})];
              records.push({ topic, key: key?.toString() ?? '', value: value?.toString() ?? '', parts });
              if (BigInt(offset) >= (last.get(`${topic}/${partition}`) ?? -1n)) {
                last.delete(`${topic}/${partition}`);
              }
            }
            if (last.size === 0) {
              done();
            }
          },
        })
        .catch(fail);
    });
  } finally {
    await consumer.disconnect();
  }
  return records;
};

const readKafka = async (kafka: KafkaClient, prefix: string): Promise<Written[]> => {
  const topics = (await kafka.withAdmin((admin) => admin.listTopics())).filter((topic) => topic.startsWith(prefix));
  const records = await readTopics(kafka, topics);
  return records.flatMap(({ topic, parts }) => parts.map((bytes) => ({ store: 'KAFKA' as const, place: topic, bytes })));
};

/** Where the broker of the test run keeps its files, when it runs here. */
const findSegments = (topicPrefix: string): string | null => {
  const folders = [process.env['KAFKA_DATA_FOLDER'], resolve(root, '.local/test/data/kafka')];
  const holds = (folder: string): boolean =>
    existsSync(folder) && filesBelow(folder, '.log').some((path) => path.includes(topicPrefix));
  return folders.find((folder) => folder !== undefined && folder !== '' && holds(folder)) ?? null;
};

/** Opened when the stack is running: its topics exist then. */
export const openStores = async (stack: Stack): Promise<StackStores> => {
  const { mongoUrl, redisUrl, kafkaBrokers } = testServers();
  const env = stack.envOf('callback');
  const names = {
    database: env['MONGO_DATABASE_PREFIX'] ?? '',
    topic: env['KAFKA_TOPIC_PREFIX'] ?? '',
    key: env['REDIS_KEY_PREFIX'] ?? '',
    logs: dirname(stack.processes.gateway.logFile),
  };
  const logger = silentLogger();
  const mongo = await connectMongo({ url: mongoUrl, database: `${names.database}canary`, logger });
  const redis = connectRedis({ url: redisUrl, prefix: names.key, logger });
  const kafka = connectKafka({
    brokers: kafkaBrokers,
    clientId: 'leak-search',
    topicPrefix: names.topic,
    replicationFactor: 1,
    logger,
    environment: 'development',
  });
  const segments = findSegments(names.topic);
  const segmentFiles = (): string[] =>
    segments === null ? [] : filesBelow(segments, '.log').filter((file) => file.includes(names.topic));
  return {
    names,
    mongo,
    redis,
    kafka,
    segments,
    records: (topics) => readTopics(kafka, topics),
    read: async () => [
      ...readFiles('LOG', filesBelow(names.logs, '.log')),
      ...(await readMongo(mongo, names.database)),
      ...(await readRedis(redis, names.key)),
      ...(await readKafka(kafka, names.topic)),
      ...readFiles('KAFKA_FILE', segmentFiles()),
    ],
    close: async () => {
      await mongo.close();
      await redis.close();
    },
  };
};
