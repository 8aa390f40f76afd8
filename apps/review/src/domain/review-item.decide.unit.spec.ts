import { confirmBySignal, confirmLaunch, launchItem, returnLaunch, timeOutLaunch } from './launch.decide';
import { applyPrechecks, correctVerdict, decideItem, openItem, voidItem, withdrawItem } from './review-item.decide';
import type { Launch, Precheck, ReviewItem, ReviewItemState, Verdict } from './review-item';
import type { SubjectState } from './subject-state';

const submittedAt = new Date('2026-03-02T09:00:00.000Z');
const now = new Date('2026-03-02T10:00:00.000Z');
const secondsFrom = (at: Date, seconds: number): Date => new Date(at.getTime() + seconds * 1_000);
const dueAt = new Date('2026-03-04T09:00:00.000Z');
const snapshot = {
  kind: 'DELEGATED_TEMPLATE',
  logo: null,
  name: '云帆客户',
  introduction: '客户跟进管理',
  category: 'CUSTOMER_MANAGEMENT',
  targetIndustry: 'ANY',
  callbackUrl: 'https://callback.example.com/e1',
} as const;
const place = { authorizationId: 'a1', suiteId: 'dk1', corpId: 'wpCorp1', epoch: 2, environment: 'FORMAL' } as const;
const opened = openItem(
  {
    id: 'i1',
    ticketId: 'k1',
    publisherId: 'p1',
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
    snapshot,
    submittedBy: 'developer',
    submittedAt,
    dueAt,
    previousItemId: null,
  },
  now,
).next;
const template: SubjectState = {
  kind: 'DELEGATED_TEMPLATE',
  id: 't1',
  publisherId: 'p1',
  sequence: 3,
  templateId: 't1',
  corpApp: null,
  isGone: false,
  submitted: {
    revisionId: 'r1',
    status: 'IN_REVIEW',
    submission: { id: 's1', batchId: 's1', submittedBy: 'developer', submittedAt },
    snapshot,
  },
  onlineSubmissionId: null,
};
const edited: SubjectState = { ...template, sequence: 4, submitted: null };

const launch: Launch = {
  requestedBy: 'admin',
  requestedAt: now,
  signalDueAt: null,
  waitsForPersonSince: now,
  confirmedBy: null,
  confirmer: null,
  confirmedAt: null,
};
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

/** The same, of a corp's app; its signal is due one minute after the launch. */
const appIn = (state: ReviewItemState): ReviewItem => ({
  ...itemIn(state),
  subject: { ...opened.subject, kind: 'CORP_APP', id: 'c1', corpApp: place },
  launch: state === 'LAUNCHING' ? { ...launch, signalDueAt: secondsFrom(now, 60), waitsForPersonSince: null } : null,
});
const published = (value: number, readAt: Date, epoch = 2) => ({
  id: 'a1',
  publisherId: 'p1',
  sequence: 7,
  suiteId: 'dk1',
  epochs: [{ epoch, status: 'ACTIVE' as const, publishStatus: { value, readAt } }],
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
  launch: (item: ReviewItem) => launchItem(item, { requestedBy: 'admin', timeoutMs: 60_000 }, template, now),
  timeOutLaunch: (item: ReviewItem) => timeOutLaunch(item, secondsFrom(now, 60)),
  confirmLaunchBySignal: (item: ReviewItem) => confirmBySignal(item, published(2, secondsFrom(now, 1)), now),
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
    launch: no, timeOutLaunch: no, confirmLaunch: no, confirmLaunchBySignal: no, returnLaunch: no, withdraw: no, void: no,
  };
  const expected: Record<ReviewItemState, Record<Action, string>> = {
    PRECHECKING: {
      ...none, passPrechecks: 'PENDING', failPrechecks: 'PRECHECK_FAILED', withdraw: 'WITHDRAWN', void: 'VOID',
    },
    PRECHECK_FAILED: none,
    PENDING: {
      ...none, approve: 'APPROVED', reject: 'REJECTED', withdraw: 'WITHDRAWN', void: 'VOID',
    },
    APPROVED: {
      ...none, correctToRejected: 'REJECTED', launch: 'LAUNCHING', withdraw: 'WITHDRAWN', void: 'VOID',
    },
    // Withdrawing returns the launch first: the machine has no direct step.
    LAUNCHING: {
      ...none, confirmLaunch: 'LAUNCHED', returnLaunch: 'APPROVED', withdraw: 'WITHDRAWN', void: 'VOID',
    },
    LAUNCHED: none,
    REJECTED: { ...none, correctToApproved: 'APPROVED' },
    WITHDRAWN: none,
    VOID: none,
  };
  /** WeCom's publish status confirms an app; a person's word counts once it was waited for. */
  const ofApps: typeof expected = {
    ...expected,
    LAUNCHING: {
      ...none, timeOutLaunch: 'LAUNCHING', confirmLaunchBySignal: 'LAUNCHED', returnLaunch: 'APPROVED',
      withdraw: 'WITHDRAWN', void: 'VOID',
    },
  };
  const pairsOf = (table: typeof expected) =>
    Object.entries(table).flatMap(([state, row]) =>
      Object.entries(row).map(([action, next]) => [state as ReviewItemState, action as Action, next] as const),
    );

  it('names all of them', () => {
    expect(pairsOf(expected)).toHaveLength(9 * 13);
    expect(pairsOf(ofApps)).toHaveLength(9 * 13);
  });
  it.each(pairsOf(expected))('of a template: %s × %s → %s', (state, action, next) => {
    expect(stateOf(actions[action](itemIn(state)))).toBe(next);
  });
  it.each(pairsOf(ofApps))('of a corp app: %s × %s → %s', (state, action, next) => {
    expect(stateOf(actions[action](appIn(state)))).toBe(next);
  });
});

describe('opening', () => {
  it('freezes the snapshot and keeps the due date', () => {
    expect(opened).toMatchObject({
      state: 'PRECHECKING',
      snapshot,
      submittedBy: 'developer',
      dueAt,
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

  it('on a corp app names the fields of an app, and no others', () => {
    const fields = [
      'logo', 'name', 'introduction', 'homePageUrl', 'miniProgram', 'menu', 'trustedDomain', 'ipWhitelist', 'callbackUrl', '',
    ];
    const given = [...fields, 'category'].map((field) => ({ field, message: '请修改' }));
    const result = decideItem(appIn('PENDING'), { ...rejection, reasons: given }, now);
    expect(!result.ok && result.error.violations).toMatchObject([
      { field: 'reasons.10.field', code: 'REASON_FIELD', limit: fields.filter(Boolean).join(', ') },
    ]);
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
    const result = launchItem(itemIn('APPROVED'), { requestedBy: 'admin', timeoutMs: 60_000 }, edited, now);
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

describe('the launch of a corp app', () => {
  const launching = appIn('LAUNCHING');
  const later = (seconds: number): Date => secondsFrom(now, seconds);

  it('waits for the signal as long as was said; that of a template waits for a person at once', () => {
    const command = { requestedBy: 'admin', timeoutMs: 60_000 };
    expect(launchItem(appIn('APPROVED'), command, { ...template, id: 'c1' }, now)).toMatchObject({
      value: { next: { launch: { signalDueAt: later(60), waitsForPersonSince: null } } },
    });
    expect(launchItem(itemIn('APPROVED'), command, template, now)).toMatchObject({
      value: { next: { launch: { signalDueAt: null, waitsForPersonSince: now } } },
    });
  });

  it.each<[string, string, ReturnType<typeof published>]>([
    ['2, read after it was asked for', 'LAUNCHED', published(2, later(1))],
    ['2, read when it was asked for', '–', published(2, now)],
    ['2, read before it was asked for', '–', published(2, later(-1))],
    ['1, still in development', '–', published(1, later(1))],
    ['3, online with a newer version that is not', '–', published(3, later(1))],
    ['2, of another epoch', '–', published(2, later(1), 1)],
    ['2, of another authorization', '–', { ...published(2, later(1)), id: 'a2' }],
  ])('with the publish status %s → %s', (_title, state, authorization) => {
    expect(stateOf(confirmBySignal(launching, authorization, later(2)))).toBe(state);
  });

  it('is not confirmed while no publish status was ever read', () => {
    const unread = { ...published(2, later(1)), epochs: [{ epoch: 2, status: 'ACTIVE' as const, publishStatus: null }] };
    expect(confirmBySignal(launching, unread, later(2))).toBeNull();
  });

  it('says that a machine confirmed it, and when WeCom said so', () => {
    expect(confirmBySignal(launching, published(2, later(1)), later(2))).toMatchObject({
      next: { launch: { confirmedBy: 'SIGNAL', confirmer: null, confirmedAt: later(1) } },
      facts: [{ type: 'review.item.launched' }],
    });
  });

  it('is handed to a person when the signal is due, once; a late signal still counts', () => {
    expect(timeOutLaunch(launching, later(59))).toBeNull();
    const handed = timeOutLaunch(launching, later(60))!;
    expect(handed).toMatchObject({
      next: { state: 'LAUNCHING', launch: { waitsForPersonSince: later(60) } },
      facts: [{ type: 'review.item.launch-timed-out' }],
    });
    expect(timeOutLaunch(handed.next, later(99))).toBeNull();
    expect(stateOf(confirmLaunch(handed.next, { confirmer: 'admin' }, later(61)))).toBe('LAUNCHED');
    expect(stateOf(confirmBySignal(handed.next, published(2, later(70)), later(71)))).toBe('LAUNCHED');
  });

  it('is not confirmed by a person before', () => {
    expect(confirmLaunch(launching, { confirmer: 'admin' }, later(1))).toMatchObject({
      ok: false,
      error: { code: 'INVALID_STATE', details: { reason: 'WAITS_FOR_SIGNAL', signalDueAt: later(60).toISOString() } },
    });
  });
});
