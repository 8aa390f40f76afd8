import type { OutgoingMessage } from '@daikaifa/contracts';
import { z } from 'zod';
import type { ReceivedRecord } from './dead-letters';
import type { ListedLetter } from './listed-letter';
import { journalTopic } from './topics';

const instant = z.iso.datetime();

/** Neither key nor content of the event: an entry is kept for longer than anything about a corp that has left. */
const entrySchema = z.object({
  letterId: z.string(),
  action: z.enum(['REDRIVEN', 'FAILED_AGAIN', 'DISCARDED']),
  at: instant,
  by: z.string(),
  /** Of a discard. */
  reason: z.string().nullable(),
  /** Of the answer to a re-drive. */
  askId: z.string().nullable(),
  /** Failures of the letter up to then are settled by this entry; null where none is. */
  settlesUntil: instant.nullable(),
  topic: z.string(),
  partition: z.number().int(),
  offset: z.string(),
  consumer: z.string(),
  fault: z.string(),
  attempts: z.number().int(),
  eventId: z.string().nullable(),
  eventType: z.string().nullable(),
  tenant: z.string().nullable(),
});

/** What became of a dead letter. */
export type JournalEntry = Readonly<z.infer<typeof entrySchema>>;

export const toJournalMessage = (
  group: string,
  letter: ListedLetter,
  what: Pick<JournalEntry, 'action' | 'by' | 'reason' | 'askId' | 'settlesUntil'>,
): OutgoingMessage => {
  const entry: JournalEntry = {
    ...what,
    letterId: letter.id,
    at: new Date().toISOString(),
    topic: letter.topic,
    partition: letter.partition,
    offset: letter.offset,
    consumer: letter.consumer,
    fault: letter.reason,
    attempts: letter.attempts,
    eventId: letter.event?.id ?? null,
    eventType: letter.event?.type ?? null,
    tenant: letter.event?.tenant ?? null,
  };
  return { topic: journalTopic(group), key: entry.letterId, value: JSON.stringify(entry) };
};

/** Null for what is no entry. */
export const entryFromRecord = ({ value }: ReceivedRecord): JournalEntry | null => {
  try {
    return entrySchema.safeParse(JSON.parse(value?.toString('utf8') ?? '')).data ?? null;
  } catch {
    return null;
  }
};
