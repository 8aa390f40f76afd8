import { text, type LocalizedText, type Violation } from '@daikaifa/kernel';
import type { BookedLetter, DeadLetterStatus } from '@daikaifa/messaging';
import type { Request } from './request';

export interface Selection {
  readonly letters: readonly BookedLetter[];
  /** Named, and as they are to be already: a command that is repeated changes nothing. */
  readonly already: number;
}

type Choice = 'take' | 'already' | LocalizedText;

const WAITS = text('正在等待重新处理', 'waits to be dealt with again');
const IS_DONE = text('已处理完成', 'is dealt with');

/** What a command does with a letter that was named. */
const CHOICES = {
  redrive: { OPEN: 'take', DISCARDED: 'take', WAITING: 'already', REDRIVEN: 'already' },
  discard: { OPEN: 'take', DISCARDED: 'already', WAITING: WAITS, REDRIVEN: IS_DONE },
} as const satisfies Readonly<Record<string, Readonly<Record<DeadLetterStatus, Choice>>>>;

const fault = (field: string, code: string, words: LocalizedText): Violation => ({
  field,
  code,
  severity: 'ERROR',
  text: words,
});

export const unknownLetter = (id: string): Violation =>
  fault(id, 'LETTER_UNKNOWN', text('没有这封死信，可能已过 72 小时', 'is not here; it may be older than 72 hours'));

/** A mistyped topic must not look like one without dead letters. */
export const topicFaults = (letters: readonly BookedLetter[], topic: string | null): readonly Violation[] =>
  topic === null || letters.some((letter) => letter.topic === topic)
    ? []
    : [fault('--topic', 'TOPIC_UNKNOWN', text('该服务没有来自此主题的死信', 'no dead letter of this service is from it'))];

/** The letters that a request means: of those named each is judged, of the others the open ones are taken. */
export const selectLetters = (
  letters: readonly BookedLetter[],
  { command, ids, topic }: Pick<Request, 'ids' | 'topic'> & { readonly command: 'redrive' | 'discard' },
): { readonly selection: Selection; readonly violations: readonly Violation[] } => {
  if (ids.length === 0) {
    const taken = letters.filter((letter) => letter.status === 'OPEN' && (topic === null || letter.topic === topic));
    return { selection: { letters: taken, already: 0 }, violations: topicFaults(letters, topic) };
  }
  const named = new Map(letters.filter(({ id }) => ids.includes(id)).map((letter) => [letter.id, letter]));
  const judged = [...named.values()].map((letter) => ({
    letter,
    choice: CHOICES[command][letter.status] as Choice,
  }));
  return {
    selection: {
      letters: judged.filter(({ choice }) => choice === 'take').map(({ letter }) => letter),
      already: judged.filter(({ choice }) => choice === 'already').length,
    },
    violations: [
      ...ids.filter((id) => !named.has(id)).map(unknownLetter),
      ...judged.flatMap(({ letter, choice }) =>
        typeof choice === 'string' ? [] : [fault(letter.id, 'LETTER_STATUS', choice)],
      ),
    ],
  };
};
