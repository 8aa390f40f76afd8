import type { EventSender } from '@daikaifa/contracts';
import type { Logger } from '@daikaifa/observability';
import type { AnyConsumer } from './consumer-definition';
import type { ReceivedRecord } from './dead-letters';
import { isDependencyFault as defaultDependencyFault, type FaultPredicate } from './dependency-fault';
import { settleEffects } from './event-handling';
import { createGroupMember, type BatchInHand } from './group-member';
import type { KafkaClient } from './kafka-client';
import { faultPausesTotal, observePausedPartitions } from './metrics';
import { createPartitionPauses, type PartitionFault } from './partition-pauses';
import type { ProjectionStore } from './projection-store';
import { createRecordRunner } from './record-runner';
import { createRedrive } from './redrive';

export interface ConsumersOptions {
  readonly client: KafkaClient;
  /** Name of the consumer group, without the deployment's prefix: the service. */
  readonly group: string;
  readonly consumers: readonly AnyConsumer[];
  readonly projections: ProjectionStore;
  /** For the dead letters and their journal. */
  readonly sender: EventSender;
  readonly logger: Logger;
  readonly isDependencyFault?: FaultPredicate;
  /** Partitions that are worked on at the same time. */
  readonly concurrency?: number;
}

export interface Consumers {
  /** Resolves when the group was joined; waits for the broker as long as it takes. */
  start(): Promise<void>;
  /** Finishes the events in hand, commits, leaves the group. */
  stop(): Promise<void>;
  /**
   * Runs the effects of every stored projection again.
   * @returns how many ran through
   * @throws what the dependency threw that was away
   */
  repeatDecisions(): Promise<number>;
  /** Events that the group has not committed yet, over all its topics. */
  lag(): Promise<number>;
  /** Partitions that wait for a dependency now. */
  faults(): readonly PartitionFault[];
}

const DEFAULT_CONCURRENCY = 4;

const refuseRepeatedNames = (consumers: readonly AnyConsumer[]): void => {
  const names = consumers.map(({ name }) => name);
  const repeated = names.filter((name, index) => names.indexOf(name) !== index);
  if (repeated.length > 0) {
    throw new Error(`two consumers have the same name: ${[...new Set(repeated)].join(', ')}`);
  }
};

const groupByTopic = (consumers: readonly AnyConsumer[]): Map<string, AnyConsumer[]> => {
  const byTopic = new Map<string, AnyConsumer[]>();
  for (const consumer of consumers) {
    byTopic.set(consumer.topic.topic, [...(byTopic.get(consumer.topic.topic) ?? []), consumer]);
  }
  return byTopic;
};

const lagOf = (client: KafkaClient, group: string, topics: readonly string[]): Promise<number> =>
  client.withAdmin(async (admin) => {
    const names = topics.map(client.topicName);
    const committed = await admin.fetchOffsets({ groupId: client.groupId(group), topics: names });
    const perTopic = await Promise.all(
      names.map(async (name) => {
        const done = committed.find(({ topic }) => topic === name)?.partitions ?? [];
        const offsets = await admin.fetchTopicOffsets(name);
        return offsets.reduce((sum, { partition, high, low }) => {
          const at = Number(done.find((each) => each.partition === partition)?.offset ?? -1);
          return sum + Number(high) - Math.max(at, Number(low));
        }, 0);
      }),
    );
    return perTopic.reduce((sum, lag) => sum + lag, 0);
  });

/**
 * The consumers of one service: one member of one group over all their topics, from the beginning.
 *
 * Per event: contract → sequence → effects → projection → offset. A dependency that is away makes the partition wait
 * and try again for ever, the others go on; an event that cannot be dealt with becomes a dead letter, acknowledged
 * by the broker before the offset moves on. Dead letters that an operator wants to be dealt with again come by a topic
 * of the group's own.
 */
export const createConsumers = (options: ConsumersOptions): Consumers => {
  const { client, group, consumers, projections, logger } = options;
  const isDependencyFault = options.isDependencyFault ?? defaultDependencyFault;
  refuseRepeatedNames(consumers);
  const byTopic = groupByTopic(consumers);
  const pauses = createPartitionPauses();
  const runner = createRecordRunner({ group, projections, sender: options.sender, logger, isDependencyFault });
  const redrive = createRedrive({ client, group, consumers, runner, sender: options.sender, logger });
  const topics = [...byTopic.keys(), redrive.topic];
  const stopping = new AbortController();
  let forgetMetric = (): void => undefined;

  const waitForDependency = (batch: BatchInHand, error: unknown): void => {
    const { topic, partition } = batch;
    batch.pause();
    const fault = pauses.pause({ topic, partition, error, resume: () => member.resume(topic, partition) });
    faultPausesTotal.add(1, { group });
    logger[fault.attempts === 1 ? 'warn' : 'debug'](
      { err: error, 'kafka.topic': topic, 'kafka.partition': partition, 'fault.attempts': fault.attempts },
      'a dependency is away, the partition waits',
    );
  };

  const goOn = (topic: string, partition: number): void => {
    const fault = pauses.clear(topic, partition);
    if (fault !== null) {
      logger.info(
        { 'kafka.topic': topic, 'kafka.partition': partition, 'fault.attempts': fault.attempts },
        'the dependency is back, the partition goes on',
      );
    }
  };

  const dealWith = async (record: ReceivedRecord): Promise<void> => {
    if (record.topic === redrive.topic) {
      await redrive.deal(record);
    }
    for (const consumer of byTopic.get(record.topic) ?? []) {
      await runner.deal(consumer, record);
    }
  };

  const onBatch = async (batch: BatchInHand): Promise<void> => {
    for (const record of batch.records) {
      if (!batch.mayGoOn()) {
        return;
      }
      try {
        await dealWith(record);
      } catch (error) {
        waitForDependency(batch, error);
        return;
      }
      goOn(batch.topic, batch.partition);
      await batch.done(record);
    }
    const last = batch.records.at(-1);
    if (batch.topic === redrive.topic && last !== undefined) {
      await redrive.forget(last);
    }
  };

  /** A partition that another member has now waits there; if it comes back it must not still be paused. */
  const onAssigned = (assigned: ReadonlyMap<string, readonly number[]>): void => {
    for (const { topic, partition } of pauses.list()) {
      if (assigned.get(topic)?.includes(partition) !== true) {
        pauses.clear(topic, partition);
        member.resume(topic, partition);
      }
    }
  };

  const member = createGroupMember({
    client,
    logger,
    group,
    topics,
    concurrency: options.concurrency ?? DEFAULT_CONCURRENCY,
    onBatch,
    onAssigned,
  });

  const repeatOf = async (consumer: AnyConsumer): Promise<number> => {
    let repeated = 0;
    if (consumer.kind === 'state') {
      for await (const { aggregateId } of projections.each(consumer.name)) {
        if (stopping.signal.aborted) {
          return repeated;
        }
        // Anew: many are read ahead, and what has changed since would be decided on again as it was.
        const projection = await projections.load(consumer.name, aggregateId);
        if (projection === null) {
          continue;
        }
        try {
          await settleEffects(consumer, projections, projection);
          repeated += 1;
        } catch (error) {
          if (isDependencyFault(error)) {
            throw error;
          }
          logger.error(
            { err: error, 'consumer.name': consumer.name, 'aggregate.id': aggregateId },
            'a decision could not be repeated',
          );
        }
      }
    }
    return repeated;
  };

  return {
    start: async () => {
      forgetMetric = observePausedPartitions(() => pauses.list().length);
      if (consumers.length > 0) {
        await member.start();
      }
    },
    stop: async () => {
      stopping.abort();
      await member.stop();
      pauses.clearAll();
      forgetMetric();
    },
    repeatDecisions: async () => {
      let repeated = 0;
      for (const consumer of consumers) {
        repeated += await repeatOf(consumer);
      }
      return repeated;
    },
    lag: () => lagOf(client, group, topics),
    faults: () => pauses.list(),
  };
};
