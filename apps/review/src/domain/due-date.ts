import { LIMITS } from './limits';
import type { ReviewItem } from './review-item';
import type { ReviewItemDecision } from './review-item-step';
import { waitsForVerdict } from './review-item-table';
import type { ReviewSettings } from './subject-state';

/** The Chinese working calendar: holidays and the days that make up for them. */
export interface WorkingCalendar {
  /** @param day in China, as `2026-02-14` */
  isWorkingDay(day: string): boolean;
}

export type DueTime =
  | { readonly unit: 'HOURS'; readonly count: number }
  | { readonly unit: 'WORKING_DAYS'; readonly count: number };

export const dueTimeOf = ({ dueHours, dueWorkingDays }: ReviewSettings): DueTime =>
  dueWorkingDays === null ? { unit: 'HOURS', count: dueHours } : { unit: 'WORKING_DAYS', count: dueWorkingDays };

/** China has one time zone and no summer time. */
const startOfDay = (at: Date): number =>
  Math.floor((at.getTime() + LIMITS.chinaOffsetMs) / LIMITS.dayMs) * LIMITS.dayMs - LIMITS.chinaOffsetMs;
const nameOf = (startMs: number): string => new Date(startMs + LIMITS.chinaOffsetMs).toISOString().slice(0, 10);

/** Hours run through the night and over holidays; working days are whole ones after the day of the submission. */
export const dueAt = (submittedAt: Date, { unit, count }: DueTime, calendar: WorkingCalendar): Date => {
  if (unit === 'HOURS') {
    return new Date(submittedAt.getTime() + count * LIMITS.hourMs);
  }
  let day = startOfDay(submittedAt);
  for (let left = count; left > 0; left -= calendar.isWorkingDay(nameOf(day)) ? 1 : 0) {
    day += LIMITS.dayMs;
  }
  return new Date(day + LIMITS.dayMs);
};

/** When the next notice about the due date has to be given; null: none any more. */
export const noticeDueAt = ({ state, notice, submittedAt, dueAt: due }: ReviewItem): Date | null => {
  if (!waitsForVerdict(state) || notice === 'OVERDUE') {
    return null;
  }
  const timeMs = due.getTime() - submittedAt.getTime();
  return notice === 'DUE_SOON' ? due : new Date(due.getTime() - timeMs * LIMITS.reminderShare);
};

/** Past its due date and still without a verdict, as far as it was announced. */
export const isOverdue = ({ state, notice }: Pick<ReviewItem, 'state' | 'notice'>): boolean =>
  notice === 'OVERDUE' && waitsForVerdict(state);

/** Gives the notice that is due; a reminder that is too late is left out. Null: nothing is due. */
export const giveNotice = (item: ReviewItem, now: Date): ReviewItemDecision | null => {
  const at = noticeDueAt(item);
  if (at === null || at > now) {
    return null;
  }
  return item.dueAt <= now
    ? { next: { ...item, notice: 'OVERDUE', updatedAt: now }, facts: [{ type: 'review.item.overdue' }] }
    : { next: { ...item, notice: 'DUE_SOON', updatedAt: now }, facts: [{ type: 'review.item.due-soon' }] };
};
