import type { Decision } from '@daikaifa/kernel';
import type { BatchScan, ScanAnswer } from './batch-scan';

/** Longer than an auth code lives: a sibling that is not there by then has lost its event or its exchange. */
const SIBLINGS_WITHIN_MS = 15 * 60_000;

const after = (from: Date, ms: number): Date => new Date(from.getTime() + ms);
const quiet = (next: BatchScan): Decision<BatchScan> => ({ next, facts: [] });

const unanswered = (templateIds: readonly string[], answers: readonly ScanAnswer[]): readonly string[] =>
  templateIds.filter((id) => answers.every(({ templateId }) => templateId !== id));

const withAnswers = (scan: BatchScan, answers: readonly ScanAnswer[], now: Date): BatchScan => {
  const isComplete = unanswered(scan.templateIds, answers).length === 0;
  return {
    ...scan,
    answers,
    missing: unanswered(scan.missing, answers),
    nextAttemptAt: isComplete ? null : scan.nextAttemptAt,
    updatedAt: now,
  };
};

export const startScan = (
  command: Pick<BatchScan, 'id' | 'publisherId' | 'linkId' | 'templateIds'>,
  answer: ScanAnswer,
  now: Date,
): BatchScan =>
  withAnswers(
    {
      ...command,
      version: 0,
      createdAt: now,
      updatedAt: now,
      round: 1,
      answers: [],
      startedAt: answer.causedAt,
      missing: [],
      alarmedAt: null,
      nextAttemptAt: after(now, SIBLINGS_WITHIN_MS),
    },
    [answer],
    now,
  );

const belongsTo = (scan: BatchScan, answer: ScanAnswer): boolean =>
  Math.abs(answer.causedAt.getTime() - scan.startedAt.getTime()) <= SIBLINGS_WITHIN_MS &&
  scan.answers.every(({ templateId }) => templateId !== answer.templateId);

/** @returns null for an answer that is known, or belongs to an earlier scan */
export const addAnswer = (
  scan: BatchScan,
  answer: ScanAnswer,
  templateIds: readonly string[],
  now: Date,
): Decision<BatchScan> | null => {
  if (scan.answers.some(({ exchangeId }) => exchangeId === answer.exchangeId)) {
    return null;
  }
  if (belongsTo(scan, answer)) {
    return quiet(withAnswers(scan, [...scan.answers, answer], now));
  }
  if (answer.causedAt < scan.startedAt) {
    return null;
  }
  const { id, publisherId, linkId, version, createdAt } = scan;
  const next = startScan({ id, publisherId, linkId, templateIds }, answer, now);
  return quiet({ ...next, version, createdAt, round: scan.round + 1 });
};

/**
 * The time of the siblings is over.
 * @param present templates that the corp has authorized all the same: before, or by another link (842006)
 * @returns null when it is not, or nothing is awaited
 */
export const concludeScan = (scan: BatchScan, present: readonly string[], now: Date): Decision<BatchScan> | null => {
  if (scan.nextAttemptAt === null || scan.nextAttemptAt > now) {
    return null;
  }
  const missing = unanswered(scan.templateIds, scan.answers).filter((id) => !present.includes(id));
  return quiet({
    ...scan,
    missing,
    alarmedAt: missing.length > 0 ? now : scan.alarmedAt,
    nextAttemptAt: null,
    updatedAt: now,
  });
};
