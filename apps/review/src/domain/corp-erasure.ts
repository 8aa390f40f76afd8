import type { Aggregate } from '@daikaifa/kernel';
import type { ReviewItem } from './review-item';
import { voidItem } from './review-item.decide';
import type { ReviewItemDecision } from './review-item-step';

/** What stands where a corp's id was. */
const ERASED = '[erased]';

/** The tombstone of a corp's epoch: written before anything is removed, so that late events find it. */
export interface CorpErasure extends Aggregate {
  readonly authorizationId: string;
  readonly suiteId: string;
  readonly epoch: number;
  readonly erasedAt: Date;
  /** What was removed, by kind; null until all of it is. */
  readonly counts: Readonly<Record<string, number>> | null;
}

export type CorpErasureFact = { readonly type: 'review.corp-erased' };

export const openErasure = (
  command: Pick<CorpErasure, 'id' | 'publisherId' | 'authorizationId' | 'suiteId' | 'epoch'>,
  now: Date,
): CorpErasure => ({ ...command, version: 0, createdAt: now, updatedAt: now, erasedAt: now, counts: null });

/** All is removed: the answer to whoever asked for it. Null: the same was answered already. */
export const answerErasure = (
  erasure: CorpErasure,
  counts: Readonly<Record<string, number>>,
  now: Date,
): { readonly next: CorpErasure; readonly facts: readonly CorpErasureFact[] } | null =>
  JSON.stringify(erasure.counts) === JSON.stringify(counts)
    ? null
    : { next: { ...erasure, counts, updatedAt: now }, facts: [{ type: 'review.corp-erased' }] };

const replaced = (value: unknown, named: RegExp): unknown => {
  if (typeof value === 'string') {
    return value.replaceAll(named, ERASED);
  }
  if (Array.isArray(value)) {
    return value.map((entry) => replaced(entry, named));
  }
  return value !== null && typeof value === 'object' && !(value instanceof Date)
    ? Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, replaced(entry, named)]))
    : value;
};

/** Every text of the value without the id, however it is cased there; all else stays. */
const withoutId = <T>(value: T, corpId: string): T =>
  replaced(value, new RegExp(corpId.replace(/\W/g, '\\$&'), 'gi')) as T;

/**
 * Ends the item of a cancelled epoch, and takes the corp out of it: its id goes, also where a person wrote it into an
 * address or a note. What the provider wrote about its own app stays. Null: nothing to do.
 */
export const eraseCorp = (item: ReviewItem, now: Date): ReviewItemDecision | null => {
  const ended = voidItem(item, now);
  const { next, facts } = ended ?? { next: item, facts: [] };
  const { corpApp } = next.subject;
  if (corpApp === null || corpApp.corpId === '') {
    return ended;
  }
  const { snapshot, prechecks, reasons, verdicts, launchReturns } = next;
  const texts = withoutId({ snapshot, prechecks, reasons, verdicts, launchReturns }, corpApp.corpId);
  return {
    next: { ...next, ...texts, subject: { ...next.subject, corpApp: { ...corpApp, corpId: '' } }, updatedAt: now },
    facts: [...facts, { type: 'review.item.erased' }],
  };
};
