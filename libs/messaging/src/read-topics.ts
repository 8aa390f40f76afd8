import { setTimeout as pause } from 'node:timers/promises';
import { newId } from '@daikaifa/kernel';
import type { Admin, Consumer, EachBatchPayload } from 'kafkajs';
import type { ReceivedRecord } from './dead-letters';
import { toReceived } from './group-member';
import type { KafkaClient, KafkaTuning } from './kafka-client';

const TUNING: KafkaTuning = { requestTimeoutMs: 8_000, retries: 5 };
const FETCH_WAIT_MS = 100;
const CHECK_EVERY_MS = 100;
/** A busy coordinator may end the first try. */
const TRIES = 3;

type OnRecord = (record: ReceivedRecord) => void | Promise<void>;

/** What is still to be read of one partition. */
interface Position {
  readonly topic: string;
  readonly partition: number;
  readonly end: bigint;
  next: bigint;
}

const isRead = ({ next, end }: Position): boolean => next >= end;

const positionsOf = async (client: KafkaClient, admin: Admin, topics: readonly string[]): Promise<Position[]> => {
  const perTopic = await Promise.all(
    topics.map(async (topic) =>
      (await admin.fetchTopicOffsets(client.topicName(topic))).map(
        ({ partition, low, high }): Position => ({ topic, partition, next: BigInt(low), end: BigInt(high) }),
      ),
    ),
  );
  return perTopic.flat().filter((position) => !isRead(position));
};

/** What was deleted meanwhile never comes. */
const passOverDeleted = async (client: KafkaClient, admin: Admin, positions: readonly Position[]): Promise<void> => {
  const topics = new Set(positions.filter((position) => !isRead(position)).map(({ topic }) => topic));
  const left = await positionsOf(client, admin, [...topics]);
  for (const position of positions) {
    const now = left.find(({ topic, partition }) => topic === position.topic && partition === position.partition);
    if (topics.has(position.topic) && (now === undefined || now.next > position.next)) {
      position.next = now?.next ?? position.end;
    }
  }
};

const handOut = async (
  client: KafkaClient,
  { batch, heartbeat }: EachBatchPayload,
  positions: readonly Position[],
  onRecord: OnRecord,
): Promise<void> => {
  const topic = client.contractName(batch.topic);
  const position = positions.find((each) => each.topic === topic && each.partition === batch.partition);
  for (const message of batch.messages) {
    const offset = BigInt(message.offset);
    if (position !== undefined && offset >= position.next && offset < position.end) {
      await onRecord(toReceived(topic, batch.partition, message));
      position.next = offset + 1n;
    }
    await heartbeat();
  }
};

const runUntilRead = async (options: {
  readonly client: KafkaClient;
  readonly admin: Admin;
  readonly consumer: Consumer;
  readonly positions: readonly Position[];
  readonly onRecord: OnRecord;
}): Promise<void> => {
  const { client, admin, consumer, positions, onRecord } = options;
  const crash: { error?: unknown } = {};
  consumer.on(consumer.events.CRASH, ({ payload }) => {
    crash.error = payload.error;
  });
  await consumer.connect();
  await consumer.subscribe({
    topics: [...new Set(positions.map(({ topic }) => client.topicName(topic)))],
    fromBeginning: true,
  });
  await consumer.run({ autoCommit: false, eachBatch: (payload) => handOut(client, payload, positions, onRecord) });
  while (crash.error === undefined && !positions.every(isRead)) {
    await pause(CHECK_EVERY_MS);
    await passOverDeleted(client, admin, positions);
  }
  if (crash.error !== undefined) {
    throw crash.error;
  }
};

/**
 * Hands out every record that the topics hold now, in order per partition, each once.
 * @throws what the broker answered, or what `onRecord` threw
 */
export const readTopics = (client: KafkaClient, topics: readonly string[], onRecord: OnRecord): Promise<void> =>
  client.withAdmin(async (admin) => {
    const positions = await positionsOf(client, admin, topics);
    for (let tries = 1; !positions.every(isRead); tries += 1) {
      // Commits nothing, so that the broker forgets the group as soon as it is empty.
      const consumer = client.driver(TUNING).consumer({
        groupId: client.groupId(`dead-letters.${newId()}`),
        maxWaitTimeInMs: FETCH_WAIT_MS,
        allowAutoTopicCreation: false,
        retry: { retries: TUNING.retries, restartOnFailure: async () => false },
      });
      try {
        await runUntilRead({ client, admin, consumer, positions, onRecord });
      } catch (error) {
        if (tries === TRIES) {
          throw error;
        }
      } finally {
        await consumer.disconnect();
      }
    }
  });
