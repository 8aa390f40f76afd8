import { nextRevisionStatus, type ReviewState, type RevisionAction, type WorkingStatus } from './revision-table';
import {
  diffContents,
  editRevision,
  findRevision,
  firstDraft,
  followReview,
  historyOf,
  MAX_PAST_REVISIONS,
  rollBackRevision,
  submitRevision,
  withdrawRevision,
  type LaunchedRevision,
  type ReviewOutcome,
  type Revisions,
  type WorkingRevision,
} from './revisions';

type Content = { readonly name: string | null; readonly logo: { readonly sha256: string } | null };
type Status = WorkingStatus | 'ONLINE';

const now = new Date('2026-03-02T09:00:00.000Z');
const later = new Date('2026-03-02T10:00:00.000Z');
const content: Content = { name: '云帆', logo: null };
const submission = { id: 's1', submittedBy: 'p', submittedAt: now, callbackUrl: 'https://example.com/c' };
const failure = { submissionId: 's0', stage: 'VERDICT' as const, reasons: [] };

const working = (status: WorkingStatus, number = 1): WorkingRevision<Content> => {
  const parts = { id: `r${number}`, number, content, createdAt: now, editedAt: now };
  switch (status) {
    case 'DRAFT':
      return { ...parts, status, failure: null };
    case 'REJECTED':
      return { ...parts, status, submission, failure };
    default:
      return { ...parts, status, submission };
  }
};

const launched = (number: number): LaunchedRevision<Content> => ({
  id: `r${number}`,
  number,
  content: { name: `版本${number}`, logo: null },
  createdAt: now,
  editedAt: now,
  status: 'ONLINE',
  submission,
  launchedAt: now,
  confirmedBy: 'PERSON',
});

const having = (workingRevision: WorkingRevision<Content> | null, online: number | null = null): Revisions<Content> => ({
  workingRevision,
  onlineRevision: online === null ? null : launched(online),
  pastRevisions: [],
  lastNumber: workingRevision?.number ?? online ?? 1,
});

const outcome = (state: ReviewState, submissionId = 's1'): ReviewOutcome => ({
  submissionId,
  state,
  reasons: [{ field: 'name', code: 'BRAND', text: { zh: '无品牌', en: 'no brand' } }],
  confirmedBy: 'PERSON',
  launchedAt: later,
});

describe('the revision machine', () => {
  const no = undefined;
  const expected: Record<Status, Record<RevisionAction, Status | undefined>> = {
    DRAFT: {
      edit: 'DRAFT', submit: 'IN_REVIEW', withdraw: no, precheckFailed: no, approve: no,
      reject: no, launch: no, launchReturned: no, launched: no, voided: no,
    },
    IN_REVIEW: {
      edit: no, submit: no, withdraw: 'DRAFT', precheckFailed: 'REJECTED', approve: 'APPROVED',
      reject: 'REJECTED', launch: no, launchReturned: no, launched: no, voided: 'DRAFT',
    },
    APPROVED: {
      edit: 'DRAFT', submit: no, withdraw: 'DRAFT', precheckFailed: no, approve: no,
      reject: 'REJECTED', launch: 'LAUNCHING', launchReturned: no, launched: no, voided: 'DRAFT',
    },
    LAUNCHING: {
      edit: no, submit: no, withdraw: no, precheckFailed: no, approve: no,
      reject: no, launch: no, launchReturned: 'APPROVED', launched: 'ONLINE', voided: 'DRAFT',
    },
    REJECTED: {
      edit: 'DRAFT', submit: 'IN_REVIEW', withdraw: no, precheckFailed: no, approve: 'APPROVED',
      reject: no, launch: no, launchReturned: no, launched: no, voided: no,
    },
    ONLINE: {
      edit: no, submit: no, withdraw: no, precheckFailed: no, approve: no,
      reject: no, launch: no, launchReturned: no, launched: no, voided: no,
    },
  };
  const pairs = Object.entries(expected).flatMap(([status, row]) =>
    Object.entries(row).map(([action, next]) => [status as Status, action as RevisionAction, next] as const),
  );

  it.each(pairs)('%s × %s → %s', (status, action, next) => {
    expect(nextRevisionStatus(status, action)).toBe(next);
  });
});

describe('followReview: where the item stands decides', () => {
  const same = null;
  const expected: Record<ReviewState, Record<WorkingStatus, Status | null>> = {
    PRECHECKING: { DRAFT: same, IN_REVIEW: same, APPROVED: same, LAUNCHING: same, REJECTED: same },
    PENDING: { DRAFT: same, IN_REVIEW: same, APPROVED: same, LAUNCHING: same, REJECTED: same },
    PRECHECK_FAILED: { DRAFT: same, IN_REVIEW: 'REJECTED', APPROVED: same, LAUNCHING: same, REJECTED: same },
    REJECTED: { DRAFT: same, IN_REVIEW: 'REJECTED', APPROVED: 'REJECTED', LAUNCHING: 'REJECTED', REJECTED: same },
    APPROVED: { DRAFT: same, IN_REVIEW: 'APPROVED', APPROVED: same, LAUNCHING: 'APPROVED', REJECTED: 'APPROVED' },
    LAUNCHING: { DRAFT: same, IN_REVIEW: 'LAUNCHING', APPROVED: 'LAUNCHING', LAUNCHING: same, REJECTED: 'LAUNCHING' },
    LAUNCHED: { DRAFT: same, IN_REVIEW: 'ONLINE', APPROVED: 'ONLINE', LAUNCHING: 'ONLINE', REJECTED: 'ONLINE' },
    WITHDRAWN: { DRAFT: same, IN_REVIEW: 'DRAFT', APPROVED: 'DRAFT', LAUNCHING: 'DRAFT', REJECTED: same },
    VOID: { DRAFT: same, IN_REVIEW: 'DRAFT', APPROVED: 'DRAFT', LAUNCHING: 'DRAFT', REJECTED: same },
  };
  const pairs = Object.entries(expected).flatMap(([state, row]) =>
    Object.entries(row).map(([status, next]) => [state as ReviewState, status as WorkingStatus, next] as const),
  );

  it.each(pairs)('item %s × revision %s → %s', (state, status, next) => {
    const followed = followReview(having(working(status)), outcome(state));
    const reached = followed && (followed.next.workingRevision?.status ?? followed.next.onlineRevision?.status);
    expect(reached).toBe(next);
  });

  it.each(pairs)('item %s × revision %s: a second time changes nothing', (state, status) => {
    const followed = followReview(having(working(status)), outcome(state));
    expect(followReview(followed?.next ?? having(working(status)), outcome(state))).toBeNull();
  });

  it.each<ReviewState>(['PRECHECK_FAILED', 'REJECTED', 'APPROVED', 'LAUNCHING', 'LAUNCHED', 'WITHDRAWN', 'VOID'])(
    'an item %s of an older submission changes nothing',
    (state) => {
      expect(followReview(having(working('IN_REVIEW')), outcome(state, 's0'))).toBeNull();
    },
  );

  it('takes the steps between when their events were compacted away', () => {
    expect(followReview(having(working('IN_REVIEW')), outcome('LAUNCHED'))?.steps).toEqual([
      'approve',
      'launch',
      'launched',
    ]);
  });

  it('keeps the reasons of a failure, and says where it failed', () => {
    expect(followReview(having(working('IN_REVIEW')), outcome('PRECHECK_FAILED'))?.next.workingRevision).toMatchObject({
      status: 'REJECTED',
      failure: { submissionId: 's1', stage: 'PRECHECK', reasons: [{ code: 'BRAND' }] },
    });
    expect(followReview(having(working('IN_REVIEW')), outcome('REJECTED'))?.next.workingRevision).toMatchObject({
      failure: { stage: 'VERDICT' },
    });
  });

  it('puts the frozen snapshot online and the one before into the past', () => {
    const followed = followReview(having(working('LAUNCHING', 2), 1), outcome('LAUNCHED'));
    expect(followed?.next).toMatchObject({
      workingRevision: null,
      onlineRevision: { id: 'r2', content, confirmedBy: 'PERSON', launchedAt: later },
      pastRevisions: [{ id: 'r1' }],
    });
  });

  it.each<ReviewState>(['PRECHECK_FAILED', 'REJECTED', 'WITHDRAWN', 'VOID'])(
    'an item %s never touches the online revision',
    (state) => {
      const before = having(working('IN_REVIEW', 2), 1);
      expect(followReview(before, outcome(state))?.next.onlineRevision).toEqual(before.onlineRevision);
    },
  );

  it('keeps a bounded number of past revisions', () => {
    const past = Array.from({ length: MAX_PAST_REVISIONS }, (_, index) => launched(index + 1));
    const before = { ...having(working('LAUNCHING', 102), 101), pastRevisions: past };
    const { pastRevisions } = followReview(before, outcome('LAUNCHED'))!.next;
    expect(pastRevisions).toHaveLength(MAX_PAST_REVISIONS);
    expect(pastRevisions.at(-1)?.id).toBe('r101');
    expect(pastRevisions[0]?.id).toBe('r2');
  });
});

describe('editing', () => {
  const draft = { id: 'new', content: { name: '新名', logo: null }, now: later };
  const edited = (revisions: Revisions<Content>) => editRevision(revisions, draft);

  it('continues the working revision as a draft', () => {
    for (const status of ['DRAFT', 'APPROVED', 'REJECTED'] as const) {
      expect(edited(having(working(status)))).toMatchObject({
        ok: true,
        value: { workingRevision: { id: 'r1', number: 1, status: 'DRAFT', content: draft.content, editedAt: later } },
      });
    }
  });

  it('opens the next revision beside the online one', () => {
    expect(edited(having(null, 3))).toMatchObject({
      ok: true,
      value: { workingRevision: { id: 'new', number: 4, status: 'DRAFT' }, onlineRevision: { id: 'r3' }, lastNumber: 4 },
    });
  });

  it('keeps the reasons of a rejection until the next submission', () => {
    expect(edited(having(working('REJECTED')))).toMatchObject({ value: { workingRevision: { failure } } });
  });

  it('is refused in review with the advice to withdraw, and while launching', () => {
    expect(edited(having(working('IN_REVIEW')))).toMatchObject({
      ok: false,
      error: { code: 'INVALID_STATE', text: { zh: expect.stringContaining('请先撤回') as string } },
    });
    expect(edited(having(working('LAUNCHING')))).toMatchObject({ ok: false, error: { code: 'INVALID_STATE' } });
  });

  it('that changes nothing leaves an approval alone', () => {
    const before = having(working('APPROVED'));
    expect(editRevision(before, { ...draft, content })).toEqual({ ok: true, value: before });
  });
});

describe('submitting and withdrawing', () => {
  it.each<[WorkingStatus, boolean]>([
    ['DRAFT', true],
    ['IN_REVIEW', false],
    ['APPROVED', false],
    ['LAUNCHING', false],
    ['REJECTED', true],
  ])('submit from %s: %s', (status, accepted) => {
    const result = submitRevision(having(working(status)), { ...submission, id: 's2' });
    expect(result.ok).toBe(accepted);
    expect(result).toMatchObject(
      accepted
        ? { value: { workingRevision: { status: 'IN_REVIEW', submission: { id: 's2' } } } }
        : { error: { code: 'INVALID_STATE' } },
    );
  });

  it.each<[WorkingStatus, boolean]>([
    ['DRAFT', false],
    ['IN_REVIEW', true],
    ['APPROVED', true],
    ['LAUNCHING', false],
    ['REJECTED', false],
  ])('withdraw from %s: %s', (status, accepted) => {
    const result = withdrawRevision(having(working(status)));
    expect(result.ok).toBe(accepted);
    expect(result).toMatchObject(
      accepted ? { value: { workingRevision: { status: 'DRAFT' } } } : { error: { code: 'INVALID_STATE' } },
    );
  });

  it('need a working revision', () => {
    expect(submitRevision(having(null, 1), submission).ok).toBe(false);
    expect(withdrawRevision(having(null, 1)).ok).toBe(false);
  });
});

describe('history', () => {
  const revisions: Revisions<Content> = {
    ...having(working('DRAFT', 4), 3),
    pastRevisions: [launched(1), launched(2)],
  };

  it('lists everything, newest first', () => {
    expect(historyOf(revisions).map(({ number }) => number)).toEqual([4, 3, 2, 1]);
    expect(findRevision(revisions, 'r2')?.number).toBe(2);
    expect(findRevision(revisions, 'r9')).toBeNull();
  });

  it('rolls back as a draft with the old content', () => {
    const online = { ...revisions, workingRevision: null };
    expect(rollBackRevision(online, { toRevisionId: 'r1', newRevisionId: 'r5', now: later })).toMatchObject({
      ok: true,
      value: { workingRevision: { id: 'r5', status: 'DRAFT', content: { name: '版本1' } } },
    });
  });

  it('does not roll back to what does not exist, nor out of a review', () => {
    const command = { toRevisionId: 'r9', newRevisionId: 'r5', now: later };
    expect(rollBackRevision(revisions, command)).toMatchObject({ ok: false, error: { code: 'NOT_FOUND' } });
    const inReview = { ...revisions, workingRevision: working('IN_REVIEW', 4) };
    expect(rollBackRevision(inReview, { ...command, toRevisionId: 'r1' })).toMatchObject({
      ok: false,
      error: { code: 'INVALID_STATE' },
    });
  });

  it('starts with revision 1', () => {
    expect(firstDraft({ id: 'r1', content, now })).toMatchObject({
      onlineRevision: null,
      workingRevision: { number: 1, status: 'DRAFT' },
      lastNumber: 1,
    });
  });
});

describe('diffContents', () => {
  it('names each field that differs, a picture as one', () => {
    const before: Content = { name: '云帆', logo: { sha256: 'a' } };
    const after: Content = { name: null, logo: { sha256: 'b' } };
    expect(diffContents(before, after)).toEqual([
      { field: 'name', before: '云帆', after: null },
      { field: 'logo', before: { sha256: 'a' }, after: { sha256: 'b' } },
    ]);
    expect(diffContents(before, { ...before })).toEqual([]);
  });
});
