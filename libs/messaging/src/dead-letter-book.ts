import { entryFromRecord, type JournalEntry } from './dead-letter-journal';
import { askFromRecord, fromRecord, letterIdOf, type ReceivedRecord } from './dead-letters';
import { listedLetter, type ListedLetter } from './listed-letter';
import { deadLetterTopic, journalTopic, redriveTopic } from './topics';

/**
 * OPEN: nothing was decided about its last failure. WAITING: its group was asked to deal with it again and has not yet.
 * REDRIVEN: dealt with, or overtaken by a newer state. DISCARDED: somebody said that it needs nothing.
 */
export type DeadLetterStatus = 'OPEN' | 'WAITING' | 'REDRIVEN' | 'DISCARDED';

/** A letter in its book. */
export interface BookedLetter extends ListedLetter {
  readonly status: DeadLetterStatus;
}

/** An entry in its book. */
export interface BookedEntry extends JournalEntry {
  /** Place in the journal; rises. */
  readonly position: number;
}

/** What stands in the three topics of a group, put together. */
export interface DeadLetterBook {
  readonly group: string;
  /** In the order in which they first failed. */
  readonly letters: readonly BookedLetter[];
  /** Oldest first. */
  readonly journal: readonly BookedEntry[];
}

/**
 * Puts a book together from the records of the group's topics, which may come in any order between the topics.
 * Everything in them may be there twice: copies of a letter, asks and entries count once.
 */
export const createBookReader = (group: string) => {
  const letters = new Map<string, ListedLetter>();
  const asks = new Map<string, Set<string>>();
  const journal: BookedEntry[] = [];
  const answered = new Set<string>();
  const settled = new Map<string, JournalEntry>();

  const takeLetter = (record: ReceivedRecord): void => {
    const letter = listedLetter(fromRecord(record));
    const known = letters.get(letter.id);
    if (known === undefined || known.failedAt <= letter.failedAt) {
      // A map keeps the place of the first.
      letters.set(letter.id, letter);
    }
  };

  const takeAsk = (record: ReceivedRecord): void => {
    const ask = askFromRecord(record);
    if (ask !== null) {
      const id = letterIdOf(fromRecord(record));
      asks.set(id, (asks.get(id) ?? new Set()).add(ask.id));
    }
  };

  const takeEntry = (record: ReceivedRecord): void => {
    const entry = entryFromRecord(record);
    if (entry !== null) {
      journal.push({ ...entry, position: Number(record.offset) });
      answered.add(`${entry.letterId}/${entry.askId}`);
      if (entry.settlesUntil !== null) {
        settled.set(entry.letterId, entry);
      }
    }
  };

  const statusOf = ({ id, failedAt }: ListedLetter): DeadLetterStatus => {
    if ([...(asks.get(id) ?? [])].some((ask) => !answered.has(`${id}/${ask}`))) {
      return 'WAITING';
    }
    const entry = settled.get(id);
    const isSettled = entry !== undefined && new Date(entry.settlesUntil ?? 0) >= failedAt;
    return isSettled && entry.action !== 'FAILED_AGAIN' ? entry.action : 'OPEN';
  };

  const takers: Readonly<Record<string, (record: ReceivedRecord) => void>> = {
    [deadLetterTopic(group)]: takeLetter,
    [redriveTopic(group)]: takeAsk,
    [journalTopic(group)]: takeEntry,
  };

  return {
    topics: Object.keys(takers),
    /** Leaves alone what is of another topic. */
    take: (record: ReceivedRecord): void => takers[record.topic]?.(record),
    book: (): DeadLetterBook => ({
      group,
      letters: [...letters.values()].map((letter) => ({ ...letter, status: statusOf(letter) })),
      journal: [...journal],
    }),
  };
};
