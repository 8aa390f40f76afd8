import type { EventSender } from '@daikaifa/contracts';
import type { Logger } from '@daikaifa/observability';
import type { AnyConsumer } from './consumer-definition';
import { toJournalMessage } from './dead-letter-journal';
import { askFromRecord, fromRecord, type DeadLetter, type ReceivedRecord } from './dead-letters';
import type { KafkaClient } from './kafka-client';
import { listedLetter } from './listed-letter';
import { redrivesTotal } from './metrics';
import type { RecordRunner } from './record-runner';
import { redriveTopic } from './topics';

export interface Redrive {
  /** Contract name of the topic whose records are dealt with here. */
  readonly topic: string;
  /**
   * Deals with a dead letter as if its record had just come, and writes into the journal how it went. May be repeated.
   * @throws DependencyFault, or what the sender threw, when it has to be tried again
   */
  deal(record: ReceivedRecord): Promise<void>;
  /** Takes what is dealt with out of the topic: the content of a letter is kept among the dead letters, not here as well. */
  forget(last: ReceivedRecord): Promise<void>;
}

/** The part of a group that deals with dead letters again, beside its other topics and by the same rules. */
export const createRedrive = (options: {
  readonly client: KafkaClient;
  readonly group: string;
  readonly consumers: readonly AnyConsumer[];
  readonly runner: RecordRunner;
  readonly sender: EventSender;
  readonly logger: Logger;
}): Redrive => {
  const { client, group, runner, sender, logger } = options;
  const topic = redriveTopic(group);
  const byName = new Map(options.consumers.map((consumer) => [consumer.name, consumer]));

  const isDealtWith = async (letter: DeadLetter): Promise<boolean> => {
    const consumer = byName.get(letter.consumer);
    if (consumer === undefined) {
      await runner.putBack(letter);
      return false;
    }
    return (await runner.deal(consumer, letter.record, letter)) !== 'dead-lettered';
  };

  return {
    topic,
    deal: async (record) => {
      const ask = askFromRecord(record);
      if (ask === null) {
        logger.error({ 'kafka.topic': topic, 'kafka.offset': record.offset }, 'a record that nobody asked for is left out');
        return;
      }
      const letter = fromRecord(record);
      const redriven = await isDealtWith(letter);
      // Before the offset moves on: a letter whose ask has no answer here is still waiting.
      await sender.send([
        toJournalMessage(group, listedLetter(letter), {
          action: redriven ? 'REDRIVEN' : 'FAILED_AGAIN',
          by: ask.by,
          reason: null,
          askId: ask.id,
          settlesUntil: redriven ? new Date().toISOString() : null,
        }),
      ]);
      redrivesTotal.add(1, { group, consumer: letter.consumer, outcome: redriven ? 'redriven' : 'failed-again' });
    },
    forget: async ({ partition, offset }) => {
      const name = client.topicName(topic);
      const upTo = String(BigInt(offset) + 1n);
      try {
        await client.withAdmin(async (admin) => {
          // kafkajs looks for the leader in what this connection has asked for so far.
          await admin.fetchTopicOffsets(name);
          await admin.deleteTopicRecords({ topic: name, partitions: [{ partition, offset: upTo }] });
        });
      } catch (error) {
        logger.warn({ err: error, 'kafka.topic': topic }, 're-driven letters stay until their retention is over');
      }
    },
  };
};
