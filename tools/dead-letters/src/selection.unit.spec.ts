import type { BookedLetter, DeadLetterStatus } from '@daikaifa/messaging';
import { selectLetters } from './selection';

const letterOf = (id: string, status: DeadLetterStatus, topic = 'topic-a'): BookedLetter =>
  ({ id, status, topic }) as BookedLetter;

const letters = [
  letterOf('open', 'OPEN'),
  letterOf('waiting', 'WAITING'),
  letterOf('other', 'OPEN', 'topic-b'),
  letterOf('redriven', 'REDRIVEN'),
  letterOf('discarded', 'DISCARDED'),
];

const select = (command: 'redrive' | 'discard', ids: readonly string[], topic: string | null = null) => {
  const { selection, violations } = selectLetters(letters, { command, ids, topic });
  return {
    taken: selection.letters.map(({ id }) => id),
    already: selection.already,
    faults: violations.map(({ field, code }) => `${field} ${code}`),
  };
};

describe('the letters of a request', () => {
  it.each([
    ['redrive', 'open', 'taken'],
    ['redrive', 'discarded', 'taken'],
    ['redrive', 'waiting', 'already'],
    ['redrive', 'redriven', 'already'],
    ['discard', 'open', 'taken'],
    ['discard', 'discarded', 'already'],
    ['discard', 'waiting', 'refused'],
    ['discard', 'redriven', 'refused'],
  ] as const)('%s of one that is %s: %s', (command, id, outcome) => {
    expect(select(command, [id])).toEqual({
      taken: outcome === 'taken' ? [id] : [],
      already: outcome === 'already' ? 1 : 0,
      faults: outcome === 'refused' ? [`${id} LETTER_STATUS`] : [],
    });
  });

  it.each(['redrive', 'discard'] as const)('%s takes the open ones where none is named, of one topic or of all', (command) => {
    expect(select(command, [])).toEqual({ taken: ['open', 'other'], already: 0, faults: [] });
    expect(select(command, [], 'topic-b')).toEqual({ taken: ['other'], already: 0, faults: [] });
    expect(select(command, [], 'topic-c').faults).toEqual(['--topic TOPIC_UNKNOWN']);
  });

  it('are refused with every fault at once', () => {
    expect(select('discard', ['gone', 'waiting', 'open', 'lost', 'redriven']).faults).toEqual([
      'gone LETTER_UNKNOWN',
      'lost LETTER_UNKNOWN',
      'waiting LETTER_STATUS',
      'redriven LETTER_STATUS',
    ]);
  });
});
