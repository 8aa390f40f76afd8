import { setTimeout as pause } from 'node:timers/promises';
import { AppError, text } from '@daikaifa/kernel';
import type { Logger } from '@daikaifa/observability';
import type { Admin } from 'kafkajs';
import type { AnyConsumer } from './consumer-definition';
import { fromRecord } from './dead-letters';
import { createGroupMember, type BatchInHand } from './group-member';
import type { KafkaClient } from './kafka-client';
import type { RecordRunner } from './record-runner';
import { deadLetterTopic } from './topics';

export interface RedriveResult {
  /** Dealt with now, or overtaken by a newer state. */
  readonly redriven: number;
  /** Failed again; each is back among the dead letters. */
  readonly failed: number;
}

const CHECK_EVERY_MS = 100;

interface Position {
  readonly partition: number;
  readonly end: bigint;
}

const isRead = async (admin: Admin, groupId: string, topic: string, ends: readonly Position[]): Promise<boolean> => {
  const [offsets, committed] = await Promise.all([
    admin.fetchTopicOffsets(topic),
    admin.fetchOffsets({ groupId, topics: [topic] }),
  ]);
  return ends.every(({ partition, end }) => {
    const low = BigInt(offsets.find((each) => each.partition === partition)?.low ?? 0);
    const done = BigInt(committed[0]?.partitions.find((each) => each.partition === partition)?.offset ?? -1);
    // What has expired can not be read any more.
    return done >= end || low >= end;
  });
};

/**
 * Reads the dead letters that were there when it began, from where the last re-drive ended, and deals with each as
 * if it had just come.
 * @throws AppError UNAVAILABLE when a dependency is away or the process stops; a later call goes on from there
 */
export const redriveDeadLetters = async (options: {
  readonly client: KafkaClient;
  readonly group: string;
  readonly consumers: readonly AnyConsumer[];
  readonly runner: RecordRunner;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}): Promise<RedriveResult> => {
  const { client, runner, logger, signal } = options;
  const byName = new Map(options.consumers.map((consumer) => [consumer.name, consumer]));
  const contractTopic = deadLetterTopic(options.group);
  const topic = client.topicName(contractTopic);
  const group = `${options.group}.redrive`;
  const count = { redriven: 0, failed: 0 };
  let fault: unknown = null;

  const redriveOne = async (record: BatchInHand['records'][number]): Promise<void> => {
    const letter = fromRecord(record);
    const consumer = byName.get(letter.consumer);
    if (consumer === undefined) {
      await runner.putBack(letter);
      count.failed += 1;
    } else {
      const outcome = await runner.deal(consumer, letter.record, letter);
      count[outcome === 'dead-lettered' ? 'failed' : 'redriven'] += 1;
    }
  };

  const workThrough = async (batch: BatchInHand, ends: readonly Position[]): Promise<void> => {
    const end = ends.find(({ partition }) => partition === batch.partition)?.end ?? 0n;
    for (const record of batch.records) {
      // What failed again was put behind the end: it waits for the next call.
      if (!batch.mayGoOn() || fault !== null || BigInt(record.offset) >= end) {
        return;
      }
      try {
        await redriveOne(record);
      } catch (error) {
        fault = error;
        batch.pause();
        return;
      }
      await batch.done(record);
    }
  };

  return client.withAdmin(async (admin) => {
    const ends = (await admin.fetchTopicOffsets(topic)).map(({ partition, high }) => ({
      partition,
      end: BigInt(high),
    }));
    const groupId = client.groupId(group);
    if (await isRead(admin, groupId, topic, ends)) {
      return count;
    }
    const member = createGroupMember({
      client,
      logger,
      group,
      topics: [contractTopic],
      concurrency: 1,
      onBatch: (batch) => workThrough(batch, ends),
    });
    const started = member.start();
    try {
      await Promise.race([started, pause(0)]);
      while (fault === null && !signal.aborted && !(await isRead(admin, groupId, topic, ends))) {
        await pause(CHECK_EVERY_MS);
      }
    } finally {
      await member.stop();
      await started;
    }
    if (fault !== null || signal.aborted) {
      const message = text('重新处理被中断，可再次执行', 'The re-drive was interrupted; run it again');
      throw new AppError('UNAVAILABLE', message, {
        ...(fault === null ? {} : { cause: fault }),
        details: { ...count },
      });
    }
    return count;
  });
};
