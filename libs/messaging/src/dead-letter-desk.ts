import type { EventSender } from '@daikaifa/contracts';
import { newId } from '@daikaifa/kernel';
import { createBookReader, type DeadLetterBook } from './dead-letter-book';
import { toJournalMessage } from './dead-letter-journal';
import { fromRecord, letterIdOf, toRedriveMessage, type RedriveAsk } from './dead-letters';
import type { KafkaClient } from './kafka-client';
import type { ListedLetter } from './listed-letter';
import { readTopics } from './read-topics';
import type { TimedMessage } from './sender';
import { deadLetterTopic, redriveTopic } from './topics';

/** What an operator has asked of a group. */
export interface RedriveRequest {
  readonly id: string;
  readonly group: string;
  /** Letters that were handed over. */
  readonly asked: number;
  /** Offset at which the group is through with them. */
  readonly end: string;
}

/** What an operator does with dead letters: over Kafka alone, so that it works whether the services run or not. */
export interface DeadLetterDesk {
  /** A book per group, in their order; null for one whose topics are not there: its service never ran here. */
  read(groups: readonly string[]): Promise<ReadonlyArray<DeadLetterBook | null>>;
  /**
   * Hands the letters over to their group, in the order in which they first failed. Resolves when the broker has them;
   * the group deals with them when it runs. After a crash of the caller a part is handed over: those are WAITING, and
   * asking again for all of them hands over the rest. One that was handed over twice is dealt with twice, which every
   * consumer bears.
   */
  redrive(group: string, letters: readonly ListedLetter[], by: string): Promise<RedriveRequest>;
  /** How many records before the end of the request the group has not committed. */
  remaining(request: RedriveRequest): Promise<number>;
  /** Writes into the journal that the letters need nothing. They stay until their retention is over. */
  discard(group: string, letters: readonly ListedLetter[], words: { readonly by: string; readonly reason: string }): Promise<void>;
}

const MAX_MESSAGES = 200;
const MAX_BYTES = 500_000;

/** Sends what was put in, a part at a time, so that no more than one part is in memory. */
const inParts = (sender: EventSender) => {
  let part: TimedMessage[] = [];
  let bytes = 0;
  const flush = async (): Promise<void> => {
    const sending = part;
    part = [];
    bytes = 0;
    if (sending.length > 0) {
      await sender.send(sending);
    }
  };
  return {
    flush,
    put: async (message: TimedMessage): Promise<void> => {
      part.push(message);
      bytes += message.value.length;
      if (part.length >= MAX_MESSAGES || bytes >= MAX_BYTES) {
        await flush();
      }
    },
  };
};

export const createDeadLetterDesk = (client: KafkaClient, sender: EventSender): DeadLetterDesk => ({
  read: async (groups) => {
    const readers = groups.map(createBookReader);
    const existing = new Set(await client.withAdmin((admin) => admin.listTopics()));
    const isThere = ({ topics }: { readonly topics: readonly string[] }): boolean =>
      topics.every((topic) => existing.has(client.topicName(topic)));
    const there = readers.filter(isThere);
    await readTopics(
      client,
      there.flatMap(({ topics }) => topics),
      (record) => there.forEach((reader) => reader.take(record)),
    );
    return readers.map((reader) => (isThere(reader) ? reader.book() : null));
  },

  redrive: async (group, letters, by) => {
    const wanted = new Map(letters.map((letter) => [letter.id, letter]));
    const ask: RedriveAsk = { id: newId(), by, at: new Date() };
    const parts = inParts(sender);
    await readTopics(client, [deadLetterTopic(group)], async (record) => {
      const letter = fromRecord(record);
      const id = letterIdOf(letter);
      const { attempts, failedAt } = wanted.get(id) ?? letter;
      // The first copy, for the order; all of them hold the record as it first came.
      if (wanted.delete(id)) {
        await parts.put(toRedriveMessage(group, { ...letter, attempts, failedAt }, ask));
      }
    });
    await parts.flush();
    const offsets = await client.withAdmin((admin) => admin.fetchTopicOffsets(client.topicName(redriveTopic(group))));
    return { id: ask.id, group, asked: letters.length - wanted.size, end: offsets[0]?.high ?? '0' };
  },

  remaining: ({ group, end }) =>
    client.withAdmin(async (admin) => {
      const topic = client.topicName(redriveTopic(group));
      const [[committed], offsets] = await Promise.all([
        admin.fetchOffsets({ groupId: client.groupId(group), topics: [topic] }),
        admin.fetchTopicOffsets(topic),
      ]);
      const done = Math.max(Number(committed?.partitions[0]?.offset ?? -1), Number(offsets[0]?.low ?? 0));
      return Math.max(0, Number(end) - done);
    }),

  discard: async (group, letters, { by, reason }) => {
    const parts = inParts(sender);
    for (const letter of letters) {
      await parts.put(
        toJournalMessage(group, letter, {
          action: 'DISCARDED',
          by,
          reason,
          askId: null,
          settlesUntil: letter.failedAt.toISOString(),
        }),
      );
    }
    await parts.flush();
  },
});
