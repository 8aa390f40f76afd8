import {
  applyPrechecks,
  confirmLaunch,
  correctVerdict,
  decideItem,
  giveNotice,
  isOverdue,
  launchItem,
  noticeDueAt,
  openItem,
  returnLaunch,
  voidItem,
  withdrawItem,
} from './review-item.decide';
import type { Launch, Precheck, ReviewItem, ReviewItemState, Verdict } from './review-item';
import type { TemplateSubject } from './template-subject';

const HOUR_MS = 3_600_000;
const submittedAt = new Date('2026-03-02T09:00:00.000Z');
const now = new Date('2026-03-02T10:00:00.000Z');
const snapshot = {
  logo: null,
  name: '云帆客户',
  introduction: '客户跟进管理',
  category: 'CUSTOMER_MANAGEMENT',
  targetIndustry: 'ANY',
  callbackUrl: 'https://callback.example.com/e1',
};
const opened = openItem(
  {
    id: 'i1',
    ticketId: 'k1',
    publisherId: 'p1',
    subject: { kind: 'DELEGATED_TEMPLATE', id: 't1', revisionId: 'r1', submissionId: 's1' },
    subjectSequence: 2,
    snapshot,
    submittedBy: 'developer',
    submittedAt,
    dueHours: 48,
    previousItemId: null,
  },
  now,
).next;
const template: TemplateSubject = {
  templateId: 't1',
  publisherId: 'p1',
  sequence: 3,
  availability: 'NEVER_LAUNCHED',
  submitted: { revisionId: 'r1', status: 'IN_REVIEW', submission: { id: 's1', submittedBy: 'developer', submittedAt }, snapshot },
  onlineSubmissionId: null,
};
const edited: TemplateSubject = { ...template, sequence: 4, submitted: null };

const launch: Launch = { requestedBy: 'admin', requestedAt: now, confirmedBy: null, confirmer: null, confirmedAt: null };
const verdict = (decision: Verdict['decision'], source: Verdict['source'] = 'WECOM'): Verdict => ({
  decision,
  source,
  decidedBy: 'admin',
  decidedAt: now,
  reasons: [],
  isCorrection: false,
  note: null,
});
const itemIn = (state: ReviewItemState): ReviewItem => ({
  ...opened,
  state,
  verdicts: ['APPROVED', 'LAUNCHING', 'LAUNCHED'].includes(state)
    ? [verdict('APPROVED')]
    : state === 'REJECTED'
      ? [verdict('REJECTED')]
      : [],
  launch: state === 'LAUNCHING' ? launch : null,
});

const found = (outcome: Precheck['outcome']): Precheck => ({
  code: 'CALLBACK_HEALTHY',
  outcome,
  reason: 'TOO_SLOW',
  field: 'callbackUrl',
  text: { zh: '慢', en: 'slow' },
  checkedAt: now,
});
const reasons = [{ field: 'name', message: '请换一个名称' }];
const approval = { decision: 'APPROVED', source: 'PLATFORM', decidedBy: 'reviewer', reasons: [], note: null } as const;
const rejection = { ...approval, decision: 'REJECTED', reasons } as const;

const stateOf = (result: ReturnType<typeof decideItem> | ReturnType<typeof voidItem>): string => {
  if (result === null) {
    return '–';
  }
  if ('next' in result) {
    return result.next.state;
  }
  return result.ok ? result.value.next.state : '–';
};

const actions = {
  passPrechecks: (item: ReviewItem) => applyPrechecks(item, [found('PASSED'), found('WARNING')], now),
  failPrechecks: (item: ReviewItem) => applyPrechecks(item, [found('FAILED')], now),
  approve: (item: ReviewItem) => decideItem(item, approval, now),
  reject: (item: ReviewItem) => decideItem(item, rejection, now),
  correctToApproved: (item: ReviewItem) =>
    correctVerdict(item, { decision: 'APPROVED', decidedBy: 'admin', reasons: [], note: '抄错了' }, template, now),
  correctToRejected: (item: ReviewItem) =>
    correctVerdict(item, { decision: 'REJECTED', decidedBy: 'admin', reasons, note: '抄错了' }, template, now),
  launch: (item: ReviewItem) => launchItem(item, { requestedBy: 'admin' }, template, now),
  confirmLaunch: (item: ReviewItem) => confirmLaunch(item, { confirmer: 'admin' }, now),
  returnLaunch: (item: ReviewItem) => returnLaunch(item, { returnedBy: 'admin', note: '控制台未上线' }, now),
  withdraw: (item: ReviewItem) => withdrawItem(item, now),
  void: (item: ReviewItem) => voidItem(item, now),
};
type Action = keyof typeof actions;

describe('every state × action', () => {
  const no = '–';
  const none: Record<Action, string> = {
    passPrechecks: no, failPrechecks: no, approve: no, reject: no, correctToApproved: no, correctToRejected: no,
    launch: no, confirmLaunch: no, returnLaunch: no, withdraw: no, void: no,
  };
  const expected: Record<ReviewItemState, Record<Action, string>> = {
    PRECHECKING: {
      passPrechecks: 'PENDING', failPrechecks: 'PRECHECK_FAILED', approve: no, reject: no, correctToApproved: no,
      correctToRejected: no, launch: no, confirmLaunch: no, returnLaunch: no, withdraw: 'WITHDRAWN', void: 'VOID',
    },
    PRECHECK_FAILED: none,
    PENDING: {
      passPrechecks: no, failPrechecks: no, approve: 'APPROVED', reject: 'REJECTED', correctToApproved: no,
      correctToRejected: no, launch: no, confirmLaunch: no, returnLaunch: no, withdraw: 'WITHDRAWN', void: 'VOID',
    },
    APPROVED: {
      passPrechecks: no, failPrechecks: no, approve: no, reject: no, correctToApproved: no,
      correctToRejected: 'REJECTED', launch: 'LAUNCHING', confirmLaunch: no, returnLaunch: no, withdraw: 'WITHDRAWN',
      void: 'VOID',
    },
    // Withdrawing returns the launch first: the machine has no direct step.
    LAUNCHING: {
      passPrechecks: no, failPrechecks: no, approve: no, reject: no, correctToApproved: no, correctToRejected: no,
      launch: no, confirmLaunch: 'LAUNCHED', returnLaunch: 'APPROVED', withdraw: 'WITHDRAWN', void: 'VOID',
    },
    LAUNCHED: none,
    REJECTED: { ...none, correctToApproved: 'APPROVED' },
    WITHDRAWN: none,
    VOID: none,
  };
  const pairs = Object.entries(expected).flatMap(([state, row]) =>
    Object.entries(row).map(([action, next]) => [state as ReviewItemState, action as Action, next] as const),
  );

  it('names all of them', () => expect(pairs).toHaveLength(9 * 11));
  it.each(pairs)('%s × %s → %s', (state, action, next) => {
    expect(stateOf(actions[action](itemIn(state)))).toBe(next);
  });
});

describe('opening', () => {
  it('freezes the snapshot and counts the due date from the submission', () => {
    expect(opened).toMatchObject({
      state: 'PRECHECKING',
      snapshot,
      submittedBy: 'developer',
      dueAt: new Date(submittedAt.getTime() + 48 * HOUR_MS),
      verdicts: [],
      notice: 'NONE',
    });
  });
});

describe('prechecks', () => {
  it('that failed leave a reason each; warnings and what was not checked leave none', () => {
    const result = applyPrechecks(opened, [found('FAILED'), found('WARNING'), found('NOT_CHECKED')], now);
    expect(result).toMatchObject({
      next: { reasons: [{ field: 'callbackUrl', code: 'TOO_SLOW', text: { zh: '慢' } }] },
      facts: [{ type: 'review.item.precheck-failed' }],
    });
    expect(result?.next.prechecks).toHaveLength(3);
  });
});

describe('a verdict', () => {
  const codesOf = (command: Parameters<typeof decideItem>[1]) => {
    const result = decideItem(itemIn('PENDING'), command, now);
    return result.ok ? [] : (result.error.violations ?? []).map(({ field, code }) => `${field} ${code}`);
  };

  it('is kept with who, when and why, its reasons in both languages', () => {
    const result = decideItem(itemIn('PENDING'), { ...rejection, note: ' 见截图 ' }, now);
    const reason = { field: 'name', code: 'REVIEWER_REMARK', text: { zh: '请换一个名称', en: '请换一个名称' } };
    expect(result).toMatchObject({
      value: {
        next: {
          reasons: [reason],
          verdicts: [{ decision: 'REJECTED', source: 'PLATFORM', decidedBy: 'reviewer', decidedAt: now, reasons: [reason], isCorrection: false, note: '见截图' }],
        },
        facts: [{ type: 'review.item.decided' }],
      },
    });
  });

  it('reports everything that is wrong with its reasons at once', () => {
    expect(codesOf({ ...rejection, reasons: [] })).toEqual(['reasons REASONS_REQUIRED']);
    expect(codesOf({ ...approval, reasons })).toEqual(['reasons REASONS_NOT_ALLOWED']);
    const bad = [
      { field: 'price', message: '一' },
      { field: '', message: ' '.repeat(9) },
      { field: 'logo', message: '字'.repeat(501) },
    ];
    expect(codesOf({ ...rejection, reasons: bad, note: '字'.repeat(501) })).toEqual([
      'reasons.0.field REASON_FIELD',
      'reasons.0.message REASON_LENGTH',
      'reasons.1.message REASON_LENGTH',
      'reasons.2.message REASON_LENGTH',
      'note NOTE_LENGTH',
    ]);
    expect(codesOf({ ...rejection, reasons: Array.from({ length: 51 }, () => reasons[0]!) })).toEqual([
      'reasons REASONS_TOO_MANY',
    ]);
  });

  it('takes 2 and 500 characters, and every field of the snapshot', () => {
    const fields = ['logo', 'name', 'introduction', 'category', 'targetIndustry', 'callbackUrl', ''];
    const given = fields.map((field, index) => ({ field, message: '字'.repeat(index % 2 === 0 ? 2 : 500) }));
    expect(codesOf({ ...rejection, reasons: given })).toEqual([]);
  });
});

describe('a correction', () => {
  const command = { decision: 'REJECTED', decidedBy: 'other-admin', reasons, note: '当时看错了' } as const;
  const errorOf = (result: ReturnType<typeof correctVerdict>) => (result.ok ? null : result.error);

  it('is a second entry; the first stays as it was', () => {
    const result = correctVerdict(itemIn('APPROVED'), command, template, now);
    expect(result).toMatchObject({
      value: {
        next: {
          state: 'REJECTED',
          verdicts: [{ decision: 'APPROVED', isCorrection: false }, { decision: 'REJECTED', isCorrection: true, decidedBy: 'other-admin', note: '当时看错了' }],
          reasons: [{ field: 'name', code: 'WECOM_REMARK' }],
        },
        facts: [{ type: 'review.item.verdict-corrected' }],
      },
    });
  });

  it('clears the reasons when it approves', () => {
    const rejected = { ...itemIn('REJECTED'), reasons: [{ field: 'name', code: 'WECOM_REMARK', text: { zh: '换', en: '换' } }] };
    const result = correctVerdict(rejected, { ...command, decision: 'APPROVED', reasons: [] }, template, now);
    expect(result.ok && result.value.next.reasons).toEqual([]);
  });

  it('is only of what WeCom said', () => {
    const platform = { ...itemIn('APPROVED'), verdicts: [verdict('APPROVED', 'PLATFORM')] };
    expect(errorOf(correctVerdict(platform, command, template, now))).toMatchObject({ code: 'INVALID_STATE', details: { source: 'PLATFORM' } });
  });

  it('says when the verdict says the same already', () => {
    const same = correctVerdict(itemIn('REJECTED'), command, template, now);
    expect(errorOf(same)).toMatchObject({ code: 'INVALID_STATE', details: { decision: 'REJECTED' } });
  });

  it('needs the template to be on the submission still', () => {
    expect(errorOf(correctVerdict(itemIn('APPROVED'), command, edited, now))).toMatchObject({
      code: 'INVALID_STATE',
      details: { submissionId: 's1' },
    });
    expect(errorOf(correctVerdict(itemIn('APPROVED'), command, null, now))?.code).toBe('INVALID_STATE');
  });

  it('needs a note', () => {
    const result = correctVerdict(itemIn('APPROVED'), { ...command, reasons: [], note: ' ' }, template, now);
    expect(errorOf(result)?.violations?.map(({ code }) => code)).toEqual(['REASONS_REQUIRED', 'NOTE_LENGTH']);
  });
});

describe('a launch', () => {
  it('is refused when the template has left the submission', () => {
    const result = launchItem(itemIn('APPROVED'), { requestedBy: 'admin' }, edited, now);
    expect(result).toMatchObject({ ok: false, error: { code: 'INVALID_STATE', details: { submissionId: 's1' } } });
  });

  it('is confirmed by a person, who is named', () => {
    const result = confirmLaunch(itemIn('LAUNCHING'), { confirmer: 'other-admin' }, now);
    expect(result).toMatchObject({
      value: { next: { launch: { requestedBy: 'admin', confirmedBy: 'PERSON', confirmer: 'other-admin', confirmedAt: now } } },
    });
  });

  it('that is returned leaves who, when and why', () => {
    const result = returnLaunch(itemIn('LAUNCHING'), { returnedBy: 'other-admin', note: ' 控制台未上线 ' }, now);
    expect(result).toMatchObject({
      value: {
        next: {
          launch: null,
          launchReturns: [{ requestedBy: 'admin', requestedAt: now, returnedBy: 'other-admin', returnedAt: now, note: '控制台未上线' }],
        },
      },
    });
    expect(returnLaunch(itemIn('LAUNCHING'), { returnedBy: 'a', note: '' }, now)).toMatchObject({
      ok: false,
      error: { violations: [{ code: 'NOTE_LENGTH' }] },
    });
  });

  it('of a template that was edited meanwhile is returned and withdrawn, and says both', () => {
    expect(withdrawItem(itemIn('LAUNCHING'), now)).toMatchObject({
      next: { state: 'WITHDRAWN', launch: null, launchReturns: [{ returnedBy: 'platform' }] },
      facts: [{ type: 'review.item.launch-returned' }, { type: 'review.item.withdrawn' }],
    });
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
