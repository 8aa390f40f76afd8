import { text } from '@daikaifa/kernel';
import { byPerson, bySignal, markStep, readChecklist, type ChecklistMark } from './checklist';

const at = new Date('2026-03-02T09:00:00.000Z');
const later = new Date('2026-03-02T10:00:00.000Z');
const mark = (step: string, revisionId: string | null, markedAt = at): ChecklistMark => ({ step, revisionId, markedBy: 'p', markedAt });

describe('marks of a checklist', () => {
  const first = [mark('SUBMIT', 'r1')];

  it('keeps the first mark, and the very same list, when a step is marked twice', () => {
    expect(markStep(first, mark('SUBMIT', 'r1', later), true)).toBe(first);
  });

  it('leaves the list as it is when what was not marked is unmarked', () => {
    expect(markStep(first, mark('SUBMIT', 'r2'), false)).toBe(first);
  });

  it('replaces the mark of an earlier revision', () => {
    expect(markStep([...first, mark('TRY', null)], mark('SUBMIT', 'r2'), true)).toEqual([mark('TRY', null), mark('SUBMIT', 'r2')]);
  });

  it('takes a mark back', () => {
    expect(markStep([...first, mark('TRY', null)], mark('SUBMIT', 'r1'), false)).toEqual([mark('TRY', null)]);
  });
});

describe('what vouches for a step', () => {
  it.each([
    ['a signal that holds', bySignal(true, at), { confirmedBy: 'SIGNAL', confirmedAt: at }],
    ['a signal that does not', bySignal(false, at), null],
    ['a person, of this revision', byPerson([mark('A', 'r1')], 'A', 'r1'), { confirmedBy: 'PERSON', confirmedAt: at, person: 'p' }],
    ['a person, of an earlier revision', byPerson([mark('A', 'r1')], 'A', 'r2'), null],
    ['a person, of another step', byPerson([mark('A', null)], 'B', null), null],
  ])('%s', (_, confirmation, expected) => {
    expect(confirmation).toEqual(expected);
  });

  it('is shown with each step, in the order of the definitions, with what else they say', () => {
    const words = { title: text('题', 'title'), instruction: text('做', 'do') };
    const steps = readChecklist(
      [
        { step: 'A', phase: 'ONE', ...words, confirmation: ({ sum }: { sum: number }, wanted: number) => bySignal(sum === wanted, at) },
        { step: 'B', phase: 'TWO', ...words, confirmation: () => byPerson([mark('B', null)], 'B', null) },
        { step: 'C', phase: 'TWO', ...words, confirmation: () => null },
      ],
      { sum: 3 },
      3,
    );
    expect(steps).toEqual([
      { step: 'A', phase: 'ONE', ...words, done: true, confirmedBy: 'SIGNAL', confirmedAt: at, person: null },
      { step: 'B', phase: 'TWO', ...words, done: true, confirmedBy: 'PERSON', confirmedAt: at, person: 'p' },
      { step: 'C', phase: 'TWO', ...words, done: false, confirmedBy: null, confirmedAt: null, person: null },
    ]);
  });
});
