import type { Decision, Fact } from '@daikaifa/kernel';
import { missingServices, type ErasureAnswer, type ErasureRecord } from './erasure-record';

const OPENED: Fact = { type: 'erasure.opened' };
const ANSWERED: Fact = { type: 'erasure.answered' };
const COMPLETED: Fact = { type: 'erasure.completed' };
const OVERDUE: Fact = { type: 'erasure.overdue' };

/** The service that keeps the record answers like the others. */
export const OWN_SERVICE = 'authorization';

/** What a deployment says about erasures. */
export interface ErasureTerms {
  /** Services that have to answer, beside this one. */
  readonly services: readonly string[];
  readonly dueMs: number;
  /** How long Kafka keeps what it keeps for a time only. */
  readonly kafkaKeepsMs: number;
}

const after = (from: Date, ms: number): Date => new Date(from.getTime() + ms);

export const openErasureRecord = (
  epoch: Pick<
    ErasureRecord,
    'id' | 'publisherId' | 'templateId' | 'suiteId' | 'authorizationId' | 'epoch' | 'cancelledAt'
  >,
  { services, dueMs, kafkaKeepsMs }: ErasureTerms,
  now: Date,
): Decision<ErasureRecord> => ({
  next: {
    ...epoch,
    version: 0,
    createdAt: now,
    updatedAt: now,
    services: [...new Set([OWN_SERVICE, ...services])],
    answers: [],
    dueAt: after(now, dueMs),
    overdueSince: null,
    completedAt: null,
    kafkaEmptyAt: after(now, kafkaKeepsMs),
    nextAttemptAt: now,
  },
  facts: [OPENED],
});

const isSame = (one: ErasureAnswer, other: ErasureAnswer): boolean =>
  one.erasedAt.getTime() === other.erasedAt.getTime() && JSON.stringify(one.counts) === JSON.stringify(other.counts);

/**
 * A service has answered, or has removed more since its last answer: its counts add up by themselves.
 * Until the last answer something of the corp may have been written; from then on Kafka's time runs.
 * @returns null when that is known
 */
export const takeErasureAnswer = (
  record: ErasureRecord,
  answer: ErasureAnswer,
  kafkaKeepsMs: number,
  now: Date,
): Decision<ErasureRecord> | null => {
  const before = record.answers.find(({ service }) => service === answer.service);
  if (before !== undefined && isSame(before, answer)) {
    return null;
  }
  const others = record.answers.filter(({ service }) => service !== answer.service);
  const answers = [...others, answer].sort((one, other) => one.service.localeCompare(other.service));
  const isComplete = missingServices({ ...record, answers }).length === 0;
  const emptyAt = after(answer.erasedAt, kafkaKeepsMs);
  const own = answer.service === OWN_SERVICE;
  return {
    next: {
      ...record,
      answers,
      completedAt: record.completedAt ?? (isComplete ? now : null),
      kafkaEmptyAt: emptyAt > record.kafkaEmptyAt ? emptyAt : record.kafkaEmptyAt,
      // After its own part there is nothing to do but to watch the date.
      nextAttemptAt: nextStepAt(record, { isComplete, own }),
      updatedAt: now,
    },
    facts: isComplete && record.completedAt === null ? [ANSWERED, COMPLETED] : [ANSWERED],
  };
};

const nextStepAt = (record: ErasureRecord, after: { readonly isComplete: boolean; readonly own: boolean }): Date | null => {
  if (after.isComplete || record.overdueSince !== null) {
    return null;
  }
  return after.own ? record.dueAt : record.nextAttemptAt;
};

/** Null: all have answered, the date has not come, or it is known. */
export const markOverdue = (record: ErasureRecord, now: Date): Decision<ErasureRecord> | null =>
  record.completedAt !== null || record.overdueSince !== null || record.dueAt > now
    ? null
    : { next: { ...record, overdueSince: now, nextAttemptAt: null, updatedAt: now }, facts: [OVERDUE] };
