import { missingServices, stateOf } from './erasure-record';
import { markOverdue, openErasureRecord, takeErasureAnswer } from './erasure-record.decide';

const start = new Date('2026-03-02T09:00:00.000Z');
const HOUR_MS = 3_600_000;
const at = (hours: number): Date => new Date(start.getTime() + hours * HOUR_MS);

const KEEPS_MS = 78 * HOUR_MS;
const terms = { services: ['review', 'callback'], dueMs: 24 * HOUR_MS, kafkaKeepsMs: KEEPS_MS };
const identity = { id: 'e1', publisherId: 'p1', templateId: 't1', suiteId: 'dk1', authorizationId: 'a1', epoch: 1 };
const opened = openErasureRecord({ ...identity, cancelledAt: at(0) }, terms, at(0)).next;
const answerOf = (service: string, hours: number, count = 1) => ({ service, erasedAt: at(hours), counts: { thing: count } });
const take = (from: typeof opened, service: string, hours: number, count?: number) =>
  takeErasureAnswer(from, answerOf(service, hours, count), KEEPS_MS, at(hours));
const types = (decision: { readonly facts: readonly { readonly type: string }[] } | null) =>
  decision?.facts.map(({ type }) => type);

it('waits for itself and every service of the deployment, each once', () => {
  const twice = openErasureRecord({ ...identity, cancelledAt: at(0) }, { ...terms, services: ['review', 'review'] }, at(0));

  expect(opened.services).toEqual(['authorization', 'review', 'callback']);
  expect(twice.next.services).toEqual(['authorization', 'review']);
  expect(types(twice)).toEqual(['erasure.opened']);
  expect(stateOf(opened)).toBe('ERASING');
});

it('is complete with the last answer, in whatever order they come', () => {
  const one = take(opened, 'callback', 1)!;
  const two = take(one.next, 'authorization', 2)!;
  const three = take(two.next, 'review', 3)!;

  expect([one, two, three].map(types)).toEqual([
    ['erasure.answered'],
    ['erasure.answered'],
    ['erasure.answered', 'erasure.completed'],
  ]);
  expect(missingServices(two.next)).toEqual(['review']);
  expect(three.next).toMatchObject({ completedAt: at(3), nextAttemptAt: null });
  expect(stateOf(three.next)).toBe('ERASED');
});

it('takes a service’s grown counts, and nothing twice', () => {
  const one = take(opened, 'review', 1)!.next;

  expect(take(one, 'review', 1)).toBeNull();
  expect(take(one, 'review', 2, 5)?.next.answers).toEqual([answerOf('review', 2, 5)]);
});

it('counts Kafka’s time from the last write about the corp', () => {
  expect(opened.kafkaEmptyAt).toEqual(at(78));
  expect(take(opened, 'review', 5)?.next.kafkaEmptyAt).toEqual(at(83));
  expect(take(opened, 'review', -1)?.next.kafkaEmptyAt).toEqual(at(78));
});

it('watches the date after its own part, and raises the alarm once', () => {
  const own = take(opened, 'authorization', 1)!.next;
  const overdue = markOverdue(own, at(24))!;

  expect(own.nextAttemptAt).toEqual(at(24));
  expect(markOverdue(own, at(23))).toBeNull();
  expect(types(overdue)).toEqual(['erasure.overdue']);
  expect(stateOf(overdue.next)).toBe('OVERDUE');
  expect(markOverdue(overdue.next, at(30))).toBeNull();
});

it('is complete also after the date, and never overdue then', () => {
  const own = take(opened, 'authorization', 1)!.next;
  const late = take(take(markOverdue(own, at(24))!.next, 'review', 25)!.next, 'callback', 26)!.next;
  const early = take(take(own, 'review', 2)!.next, 'callback', 3)!.next;

  expect(stateOf(late)).toBe('ERASED');
  expect(markOverdue(early, at(24))).toBeNull();
});
