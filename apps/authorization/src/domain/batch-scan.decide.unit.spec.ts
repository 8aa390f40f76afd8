import type { BatchScan, ScanAnswer } from './batch-scan';
import { addAnswer, concludeScan, startScan } from './batch-scan.decide';

const start = new Date('2026-03-02T09:00:00.000Z');
const at = (minutes: number): Date => new Date(start.getTime() + minutes * 60_000);

const TEMPLATES = ['t1', 't2', 't3'];
const answerOf = (templateId: string, minutes: number): ScanAnswer => ({
  templateId,
  authorizationId: `authorization-${templateId}`,
  exchangeId: `exchange-${templateId}-${minutes}`,
  causedAt: at(minutes),
});
const identity = { id: 's1', publisherId: 'p1', linkId: 'l1', templateIds: TEMPLATES };
const started = startScan(identity, answerOf('t1', 0), at(0));
const add = (scan: BatchScan, templateId: string, minutes: number) =>
  addAnswer(scan, answerOf(templateId, minutes), TEMPLATES, at(minutes));

it('waits fifteen minutes for the siblings', () => {
  expect(started).toMatchObject({ round: 1, nextAttemptAt: at(15), missing: [], alarmedAt: null });
  expect(concludeScan(started, [], at(14))).toBeNull();
});

it('awaits nothing once all have answered, in whatever order', () => {
  const complete = add(add(started, 't3', 1)!.next, 't2', -1)!.next;

  expect(complete.answers.map(({ templateId }) => templateId)).toEqual(['t1', 't3', 't2']);
  expect(complete.nextAttemptAt).toBeNull();
  expect(concludeScan(complete, [], at(20))).toBeNull();
});

it('takes no answer twice', () => {
  expect(add(started, 't1', 0)).toBeNull();
});

it('names who is missing, but not what the corp has authorized elsewhere', () => {
  expect(concludeScan(started, ['t3'], at(15))?.next).toMatchObject({ missing: ['t2'], alarmedAt: at(15), nextAttemptAt: null });
  expect(concludeScan(started, ['t2', 't3'], at(15))?.next).toMatchObject({ missing: [], alarmedAt: null });
});

it('has nobody missing any more when a late sibling comes', () => {
  const late = addAnswer(concludeScan(started, ['t3'], at(15))!.next, answerOf('t2', 10), TEMPLATES, at(30))!.next;

  expect(late).toMatchObject({ missing: [], alarmedAt: at(15), nextAttemptAt: null });
});

it.each([
  ['the same template again', 't1', 5],
  ['another one after more than fifteen minutes', 't2', 16],
])('is followed by another scan: %s', (_name, templateId, minutes) => {
  expect(add(started, templateId, minutes)?.next).toMatchObject({
    round: 2,
    startedAt: at(minutes),
    answers: [{ templateId }],
    nextAttemptAt: at(minutes + 15),
  });
});

it('is not touched by what belongs to an earlier scan', () => {
  expect(add(started, 't2', -16)).toBeNull();
  expect(add(started, 't1', -5)).toBeNull();
});
