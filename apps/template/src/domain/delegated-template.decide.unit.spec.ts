import { DELEGATED_TEMPLATE_RULES as rules, type Image, type ReviewOutcome } from '@daikaifa/rules';
import type { LaunchedRevision, WorkingRevision, WorkingStatus } from '@daikaifa/rules';
import { statusOf, type DelegatedTemplate, type TemplateContent } from './delegated-template';
import {
  applyReviewItem,
  createTemplate,
  deleteTemplate,
  editTemplate,
  markChecklistStep,
  retireTemplate,
  rollBackTemplate,
  submitTemplate,
  withdrawTemplate,
} from './delegated-template.decide';
import { NO_SIGNALS, type TemplateSignals } from './template-signals';

const now = new Date('2026-03-02T09:00:00.000Z');
const logo: Image = { sha256: 'a'.repeat(64), contentType: 'image/png', widthPx: 750, heightPx: 750, sizeBytes: 9_000 };
const content: TemplateContent = {
  logo,
  name: '云帆客户',
  introduction: '客户跟进管理',
  category: 'CUSTOMER_MANAGEMENT',
  targetIndustry: 'ANY',
};
const verified: TemplateSignals = {
  ...NO_SIGNALS,
  endpoint: { url: 'https://callback.example.com/e1', keysIssued: true, verifiedAt: now, closed: false },
};
const submission = { id: 's1', submittedBy: 'p', submittedAt: now, callbackUrl: 'https://callback.example.com/e1' };
const online: LaunchedRevision<TemplateContent> = {
  id: 'r1',
  number: 1,
  content,
  createdAt: now,
  editedAt: now,
  status: 'ONLINE',
  submission,
  launchedAt: now,
  confirmedBy: 'PERSON',
};

const working = (status: WorkingStatus): WorkingRevision<TemplateContent> => {
  const parts = { id: 'r2', number: 2, content, createdAt: now, editedAt: now };
  switch (status) {
    case 'DRAFT':
      return { ...parts, status, failure: null };
    case 'REJECTED':
      return { ...parts, status, submission, failure: { submissionId: 's1', stage: 'VERDICT', reasons: [] } };
    default:
      return { ...parts, status, submission };
  }
};

type StateName = WorkingStatus | 'ONLINE' | `ONLINE+${WorkingStatus}` | 'RETIRED' | 'DELETED';

const templateIn = (state: StateName): DelegatedTemplate => {
  const [first, second] = state.split('+') as [string, WorkingStatus?];
  const wasLaunched = first === 'ONLINE' || first === 'RETIRED';
  const isGone = first === 'RETIRED' || first === 'DELETED';
  const workingRevision =
    first === 'DELETED'
      ? working('DRAFT')
      : wasLaunched
        ? second === undefined
          ? null
          : working(second)
        : working(first as WorkingStatus);
  return {
    id: 't1',
    publisherId: 'p1',
    version: 7,
    createdAt: now,
    updatedAt: now,
    availability: isGone || first === 'ONLINE' ? (first as 'ONLINE' | 'RETIRED' | 'DELETED') : 'NEVER_LAUNCHED',
    onlineRevision: wasLaunched ? online : null,
    workingRevision,
    pastRevisions: [],
    lastNumber: 2,
    marks: [],
  };
};

const commands = {
  edit: (template: DelegatedTemplate) =>
    editTemplate(template, { revisionId: 'new', content: { name: '云帆二号' } }, rules, now),
  submit: (template: DelegatedTemplate) =>
    submitTemplate(template, { submissionId: 's2', submittedBy: 'p' }, { rules, signals: verified }, now),
  withdraw: (template: DelegatedTemplate) => withdrawTemplate(template, now),
  retire: (template: DelegatedTemplate) => retireTemplate(template, now),
  delete: (template: DelegatedTemplate) => deleteTemplate(template, NO_SIGNALS, now),
  mark: (template: DelegatedTemplate) =>
    markChecklistStep(template, { step: 'ALLOW_CALLING_IPS', done: true, markedBy: 'p' }, now),
};

type Command = keyof typeof commands;

const shown = (template: DelegatedTemplate): string =>
  [statusOf(template), ...(template.availability === 'NEVER_LAUNCHED' ? [] : [template.workingRevision?.status])]
    .filter((part) => part !== undefined)
    .join('+');

describe('every state × command', () => {
  const no = 'INVALID_STATE';
  const expected: Record<StateName, Record<Command, string>> = {
    DRAFT: { edit: 'DRAFT', submit: 'IN_REVIEW', withdraw: no, retire: no, delete: 'DELETED+DRAFT', mark: 'DRAFT' },
    IN_REVIEW: { edit: no, submit: no, withdraw: 'DRAFT', retire: no, delete: no, mark: 'IN_REVIEW' },
    APPROVED: { edit: 'DRAFT', submit: no, withdraw: 'DRAFT', retire: no, delete: no, mark: 'APPROVED' },
    // 上线中 is shown as 待上线.
    LAUNCHING: { edit: no, submit: no, withdraw: no, retire: no, delete: no, mark: 'APPROVED' },
    REJECTED: {
      edit: 'DRAFT', submit: 'IN_REVIEW', withdraw: no, retire: no, delete: 'DELETED+REJECTED', mark: 'REJECTED',
    },
    ONLINE: { edit: 'ONLINE+DRAFT', submit: no, withdraw: no, retire: 'RETIRED', delete: no, mark: 'ONLINE' },
    'ONLINE+DRAFT': {
      edit: 'ONLINE+DRAFT', submit: 'ONLINE+IN_REVIEW', withdraw: no, retire: 'RETIRED+DRAFT', delete: no,
      mark: 'ONLINE+DRAFT',
    },
    'ONLINE+IN_REVIEW': {
      edit: no, submit: no, withdraw: 'ONLINE+DRAFT', retire: 'RETIRED+DRAFT', delete: no, mark: 'ONLINE+IN_REVIEW',
    },
    'ONLINE+APPROVED': {
      edit: 'ONLINE+DRAFT', submit: no, withdraw: 'ONLINE+DRAFT', retire: 'RETIRED+DRAFT', delete: no,
      mark: 'ONLINE+APPROVED',
    },
    'ONLINE+LAUNCHING': { edit: no, submit: no, withdraw: no, retire: no, delete: no, mark: 'ONLINE+LAUNCHING' },
    'ONLINE+REJECTED': {
      edit: 'ONLINE+DRAFT', submit: 'ONLINE+IN_REVIEW', withdraw: no, retire: 'RETIRED+REJECTED', delete: no,
      mark: 'ONLINE+REJECTED',
    },
    RETIRED: { edit: no, submit: no, withdraw: no, retire: no, delete: no, mark: no },
    DELETED: { edit: no, submit: no, withdraw: no, retire: no, delete: no, mark: no },
  };
  const pairs = Object.entries(expected).flatMap(([state, row]) =>
    Object.entries(row).map(([command, next]) => [state as StateName, command as Command, next] as const),
  );

  it.each(pairs)('%s × %s → %s', (state, command, next) => {
    const result = commands[command](templateIn(state));
    expect(result.ok ? shown(result.value.next) : result.error.code).toBe(next);
  });
});

describe('creating', () => {
  const command = { id: 't1', publisherId: 'p1', revisionId: 'r1' };

  it('saves a draft that may be incomplete, tidied', () => {
    const result = createTemplate({ ...command, content: { name: ' 云帆客户  ', introduction: '  ' } }, rules, now);
    expect(result).toMatchObject({
      ok: true,
      value: {
        next: { availability: 'NEVER_LAUNCHED', workingRevision: { number: 1, content: { name: '云帆客户', introduction: null } } },
        facts: [{ type: 'template.created' }],
      },
    });
  });

  it('reports everything that is wrong with what is given, at once', () => {
    const result = createTemplate(
      { ...command, content: { name: '★', introduction: '短', category: 'X', unknownLogo: 'f'.repeat(64) } },
      rules,
      now,
    );
    expect(result).toMatchObject({
      ok: false,
      error: {
        code: 'BAD_USER_INPUT',
        violations: [
          { code: 'LOGO_NOT_UPLOADED' },
          { code: 'NAME_LENGTH' },
          { code: 'NAME_CHARACTERS' },
          { code: 'INTRODUCTION_LENGTH' },
          { code: 'CATEGORY_UNKNOWN' },
        ],
      },
    });
  });
});

describe('editing', () => {
  it('keeps what is left out and empties what is null', () => {
    const edited = editTemplate(templateIn('DRAFT'), { revisionId: 'x', content: { introduction: null } }, rules, now);
    expect(edited).toMatchObject({
      value: { next: { workingRevision: { content: { name: '云帆客户', introduction: null } } } },
    });
  });

  it('announces nothing when nothing changed', () => {
    const template = templateIn('APPROVED');
    const result = editTemplate(template, { revisionId: 'x', content: { name: ' 云帆客户 ' } }, rules, now);
    expect(result).toEqual({ ok: true, value: { next: template, facts: [] } });
  });

  it('never changes the online revision', () => {
    const result = commands.edit(templateIn('ONLINE'));
    expect(result.ok && result.value.next.onlineRevision).toEqual(online);
  });
});

describe('submitting', () => {
  const submit = (template: DelegatedTemplate, signals: TemplateSignals) =>
    submitTemplate(template, { submissionId: 's2', submittedBy: 'p' }, { rules, signals }, now);
  const codesOf = (result: ReturnType<typeof submit>) =>
    result.ok ? [] : (result.error.violations ?? []).map(({ code }) => code);

  it('freezes who, when and the verified callback URL', () => {
    expect(submit(templateIn('DRAFT'), verified)).toMatchObject({
      value: {
        next: {
          workingRevision: {
            submission: { id: 's2', submittedBy: 'p', submittedAt: now, callbackUrl: 'https://callback.example.com/e1' },
          },
        },
        facts: [{ type: 'template.submitted' }],
      },
    });
  });

  it.each<[string, TemplateSignals['endpoint'], string]>([
    ['there is no endpoint', null, 'CALLBACK_MISSING'],
    ['the endpoint is closed', { ...verified.endpoint!, closed: true }, 'CALLBACK_MISSING'],
    ['no keys were issued', { ...verified.endpoint!, keysIssued: false, verifiedAt: null }, 'CALLBACK_KEYS_MISSING'],
    ['WeCom has not verified it', { ...verified.endpoint!, verifiedAt: null }, 'CALLBACK_NOT_VERIFIED'],
  ])('is refused while %s', (_title, endpoint, code) => {
    expect(codesOf(submit(templateIn('DRAFT'), { ...NO_SIGNALS, endpoint }))).toEqual([code]);
  });

  it('reports missing fields and the callback together', () => {
    const template = templateIn('DRAFT');
    const empty = { ...content, logo: null, name: null, introduction: null, category: null, targetIndustry: null };
    const incomplete = { ...template, workingRevision: { ...working('DRAFT'), content: empty } };
    expect(codesOf(submit(incomplete, NO_SIGNALS))).toEqual([
      'LOGO_REQUIRED',
      'NAME_REQUIRED',
      'INTRODUCTION_REQUIRED',
      'CATEGORY_REQUIRED',
      'TARGET_INDUSTRY_REQUIRED',
      'CALLBACK_MISSING',
    ]);
  });
});

describe('ending', () => {
  it('retiring withdraws what is in review and says both', () => {
    const result = commands.retire(templateIn('ONLINE+IN_REVIEW'));
    expect(result).toMatchObject({ value: { facts: [{ type: 'template.withdrawn' }, { type: 'template.retired' }] } });
  });

  it('a template that was ever authorized is not deleted', () => {
    const result = deleteTemplate(templateIn('DRAFT'), { ...NO_SIGNALS, everAuthorized: true }, now);
    expect(result).toMatchObject({ ok: false, error: { code: 'INVALID_STATE' } });
  });
});

describe('rolling back', () => {
  it('makes a draft with the content of an old revision', () => {
    const changed = { ...online, id: 'r0', number: 0, content: { ...content, name: '旧名字' } };
    const template = { ...templateIn('ONLINE'), pastRevisions: [changed] };
    expect(rollBackTemplate(template, { toRevisionId: 'r0', newRevisionId: 'r3' }, now)).toMatchObject({
      value: { next: { workingRevision: { id: 'r3', status: 'DRAFT', content: { name: '旧名字' } } } },
    });
  });
});

describe('following the review item', () => {
  const outcome = (state: ReviewOutcome['state']): ReviewOutcome => ({
    submissionId: 's1',
    state,
    reasons: [],
    confirmedBy: 'PERSON',
    launchedAt: now,
  });

  it.each<[StateName, ReviewOutcome['state'], string | null, readonly string[]]>([
    ['IN_REVIEW', 'PENDING', null, []],
    ['IN_REVIEW', 'PRECHECK_FAILED', 'REJECTED', ['template.review-failed']],
    ['IN_REVIEW', 'REJECTED', 'REJECTED', ['template.review-failed']],
    ['IN_REVIEW', 'APPROVED', 'APPROVED', ['template.approved']],
    ['APPROVED', 'LAUNCHING', 'APPROVED', ['template.launching']],
    ['LAUNCHING', 'APPROVED', 'APPROVED', ['template.launch-returned']],
    ['LAUNCHING', 'LAUNCHED', 'ONLINE', ['template.launched']],
    ['ONLINE+LAUNCHING', 'LAUNCHED', 'ONLINE', ['template.launched']],
    ['IN_REVIEW', 'WITHDRAWN', 'DRAFT', ['template.withdrawn']],
    ['ONLINE+IN_REVIEW', 'VOID', 'ONLINE+DRAFT', ['template.withdrawn']],
    ['RETIRED', 'LAUNCHED', null, []],
    ['DELETED', 'APPROVED', null, []],
  ])('%s × item %s → %s', (state, item, next, facts) => {
    const decision = applyReviewItem(templateIn(state), outcome(item), now);
    expect(decision && shown(decision.next)).toBe(next);
    expect((decision?.facts ?? []).map(({ type }) => type)).toEqual(facts);
  });
});

describe('marking a step', () => {
  const mark = (template: DelegatedTemplate, done: boolean, step: 'ALLOW_CALLING_IPS' | 'SUBMIT_IN_CONSOLE') => {
    const result = markChecklistStep(template, { step, done, markedBy: 'p' }, now);
    return result.ok ? result.value.next : null;
  };

  it('keeps the first mark, and takes it back', () => {
    const marked = mark(templateIn('DRAFT'), true, 'ALLOW_CALLING_IPS')!;
    expect(marked.marks).toEqual([{ step: 'ALLOW_CALLING_IPS', revisionId: null, markedBy: 'p', markedAt: now }]);
    expect(mark(marked, true, 'ALLOW_CALLING_IPS')).toBe(marked);
    expect(mark(marked, false, 'ALLOW_CALLING_IPS')?.marks).toEqual([]);
  });

  it('of a revision replaces the one of the revision before', () => {
    const before = { ...templateIn('ONLINE'), marks: [] };
    const marked = mark(before, true, 'SUBMIT_IN_CONSOLE')!;
    const next = mark({ ...marked, workingRevision: working('DRAFT') }, true, 'SUBMIT_IN_CONSOLE')!;
    expect(next.marks).toMatchObject([{ step: 'SUBMIT_IN_CONSOLE', revisionId: 'r2' }]);
  });
});
