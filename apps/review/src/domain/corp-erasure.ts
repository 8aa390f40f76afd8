import type { ReviewItem } from './review-item';
import { voidItem } from './review-item.decide';
import type { ReviewItemDecision } from './review-item-step';

/** What stands where a corp's id was. */
const ERASED = '[erased]';

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
