import { dueAt, dueTimeOf, giveNotice, isOverdue, noticeDueAt, type WorkingCalendar } from './due-date';
import type { ReviewItem, ReviewItemState } from './review-item';
import { decideItem } from './review-item.decide';

const HOUR_MS = 3_600_000;
const submittedAt = new Date('2026-03-02T09:00:00.000Z');
const itemIn = (state: ReviewItemState): ReviewItem => ({
  id: 'i1',
  ticketId: 'k1',
  publisherId: 'p1',
  version: 1,
  createdAt: submittedAt,
  updatedAt: submittedAt,
  subject: {
    kind: 'DELEGATED_TEMPLATE',
    id: 't1',
    templateId: 't1',
    corpApp: null,
    revisionId: 'r1',
    submissionId: 's1',
    batchId: 's1',
  },
  subjectSequence: 2,
  snapshot: {
    kind: 'DELEGATED_TEMPLATE',
    logo: null,
    name: '云帆客户',
    introduction: '客户跟进管理',
    category: 'CUSTOMER_MANAGEMENT',
    targetIndustry: 'ANY',
    callbackUrl: 'https://callback.example.com/e1',
  },
  state,
  prechecks: [],
  reasons: [],
  verdicts: [],
  launch: null,
  launchReturns: [],
  submittedBy: 'developer',
  submittedAt,
  dueAt: new Date(submittedAt.getTime() + 48 * HOUR_MS),
  notice: 'NONE',
  previousItemId: null,
});
const approval = { decision: 'APPROVED', source: 'PLATFORM', decidedBy: 'reviewer', reasons: [], note: null } as const;

describe('the due date', () => {
  /** Monday to Friday, with a holiday on the 16th and a make-up day on Saturday the 14th. */
  const calendar: WorkingCalendar = {
    isWorkingDay: (day) =>
      day === '2026-03-14' || (day !== '2026-03-16' && ![0, 6].includes(new Date(`${day}T00:00:00Z`).getUTCDay())),
  };
  const dueOf = (submitted: string, count: number): string =>
    dueAt(new Date(submitted), { unit: 'WORKING_DAYS', count }, calendar).toISOString();

  it('in hours runs through nights and holidays', () => {
    expect(dueAt(new Date('2026-03-13T09:00:00Z'), { unit: 'HOURS', count: 48 }, calendar)).toEqual(
      new Date('2026-03-15T09:00:00Z'),
    );
  });

  it.each([
    ['on a Monday morning', '2026-03-02T01:00:00Z', 1, '2026-03-03T16:00:00.000Z'],
    ['on a Monday, two days', '2026-03-02T01:00:00Z', 2, '2026-03-04T16:00:00.000Z'],
    ['on a Thursday, over the weekend', '2026-03-05T09:00:00Z', 2, '2026-03-09T16:00:00.000Z'],
    ['on a Saturday', '2026-03-07T09:00:00Z', 1, '2026-03-09T16:00:00.000Z'],
    ['before a make-up Saturday', '2026-03-13T09:00:00Z', 1, '2026-03-14T16:00:00.000Z'],
    ['over a holiday', '2026-03-14T09:00:00Z', 1, '2026-03-17T16:00:00.000Z'],
    // 17:00 UTC on Monday is Tuesday in China.
    ['after midnight in China', '2026-03-02T17:00:00Z', 1, '2026-03-04T16:00:00.000Z'],
  ])('in working days is the end of the last one in China: submitted %s', (_title, submitted, count, due) => {
    expect(dueOf(submitted, count)).toBe(due);
  });

  it('counts working days when the publisher says so, hours otherwise', () => {
    const settings = { verdictSource: 'PLATFORM', fourEyes: true, dueHours: 5 } as const;
    expect(dueTimeOf({ ...settings, dueWorkingDays: null })).toEqual({ unit: 'HOURS', count: 5 });
    expect(dueTimeOf({ ...settings, dueWorkingDays: 2 })).toEqual({ unit: 'WORKING_DAYS', count: 2 });
  });
});

describe('notices about the due date', () => {
  const at = (hours: number): Date => new Date(submittedAt.getTime() + hours * HOUR_MS);
  const pending = itemIn('PENDING');

  it('come once each: a reminder with a quarter of the time left, then overdue', () => {
    expect(noticeDueAt(pending)).toEqual(at(36));
    expect(giveNotice(pending, at(35.9))).toBeNull();
    const reminded = giveNotice(pending, at(36))!;
    expect(reminded.facts).toEqual([{ type: 'review.item.due-soon' }]);
    expect(giveNotice(reminded.next, at(47.9))).toBeNull();
    const overdue = giveNotice(reminded.next, at(48))!;
    expect(overdue.facts).toEqual([{ type: 'review.item.overdue' }]);
    expect(isOverdue(overdue.next)).toBe(true);
    expect(noticeDueAt(overdue.next)).toBeNull();
    expect(giveNotice(overdue.next, at(99))).toBeNull();
  });

  it('leave the reminder out when it would come too late', () => {
    expect(giveNotice(pending, at(50))?.facts).toEqual([{ type: 'review.item.overdue' }]);
  });

  it.each<[ReviewItemState, boolean]>([
    ['PRECHECKING', true], ['PRECHECK_FAILED', false], ['PENDING', true], ['APPROVED', false], ['LAUNCHING', false],
    ['LAUNCHED', false], ['REJECTED', false], ['WITHDRAWN', false], ['VOID', false],
  ])('are for what waits for a verdict: %s %s', (state, isDue) => {
    expect(giveNotice(itemIn(state), at(99)) !== null).toBe(isDue);
  });

  it('an item that got its verdict late is overdue no more', () => {
    const late = giveNotice(pending, at(50))!.next;
    const decided = decideItem(late, approval, at(51));
    expect(decided.ok && isOverdue(decided.value.next)).toBe(false);
  });
});
