import type { LaunchedRevision } from '@daikaifa/rules';
import { checklistOf } from './checklist';
import { EMPTY_CONTENT, type DelegatedTemplate, type TemplateContent } from './delegated-template';
import { NO_SIGNALS, type TemplateSignals } from './template-signals';

const now = new Date('2026-03-02T09:00:00.000Z');
const draft: DelegatedTemplate = {
  id: 't1',
  publisherId: 'p1',
  version: 1,
  createdAt: now,
  updatedAt: now,
  availability: 'NEVER_LAUNCHED',
  onlineRevision: null,
  workingRevision: {
    id: 'r1', number: 1, content: EMPTY_CONTENT, createdAt: now, editedAt: now, status: 'DRAFT', failure: null,
  },
  pastRevisions: [],
  lastNumber: 1,
  marks: [],
};
const online: LaunchedRevision<TemplateContent> = {
  id: 'r1',
  number: 1,
  content: EMPTY_CONTENT,
  createdAt: now,
  editedAt: now,
  status: 'ONLINE',
  submission: { id: 's1', submittedBy: 'p', submittedAt: now, callbackUrl: 'https://example.com' },
  launchedAt: now,
  confirmedBy: 'PERSON',
};
const endpoint = { url: 'https://example.com', keysIssued: true, verifiedAt: now, closed: false };

const doneSteps = (template: DelegatedTemplate, signals: Partial<TemplateSignals>) =>
  checklistOf(template, { ...NO_SIGNALS, ...signals })
    .filter(({ done }) => done)
    .map(({ step, confirmedBy, person }) => [step, confirmedBy, person]);

describe('the checklist of a template', () => {
  it('starts with nothing done, every step in both languages', () => {
    const steps = checklistOf(draft, NO_SIGNALS);
    expect(steps.map(({ step }) => step)).toEqual([
      'CREATE_IN_CONSOLE',
      'ENTER_CALLBACK',
      'RECEIVE_TICKET',
      'ALLOW_CALLING_IPS',
      'SUBMIT_IN_CONSOLE',
      'LAUNCH_IN_CONSOLE',
    ]);
    expect(steps.filter(({ done, confirmedBy }) => done || confirmedBy !== null)).toEqual([]);
    expect(steps.filter(({ title, instruction }) => !title.zh || !title.en || !instruction.zh || !instruction.en)).toEqual([]);
  });

  it.each<[string, Partial<TemplateSignals>, readonly string[]]>([
    ['a recorded suite', { suite: { suiteId: 'dk1', ticket: 'NONE', ticketAt: null } }, ['CREATE_IN_CONSOLE']],
    ['a fresh ticket', { suite: { suiteId: null, ticket: 'FRESH', ticketAt: now } }, ['RECEIVE_TICKET']],
    ['a stale ticket', { suite: { suiteId: null, ticket: 'STALE', ticketAt: now } }, []],
    ['a verified endpoint', { endpoint }, ['ENTER_CALLBACK']],
    ['an endpoint with keys only', { endpoint: { ...endpoint, verifiedAt: null } }, []],
  ])('%s is a signal', (_title, signals, steps) => {
    expect(doneSteps(draft, signals)).toEqual(steps.map((step) => [step, 'SIGNAL', null]));
  });

  it('a mark is a person’s word, with the name', () => {
    const marks = [
      { step: 'ALLOW_CALLING_IPS', revisionId: null, markedBy: 'admin-1', markedAt: now },
      { step: 'SUBMIT_IN_CONSOLE', revisionId: 'r1', markedBy: 'admin-2', markedAt: now },
    ] as const;
    expect(doneSteps({ ...draft, marks }, {})).toEqual([
      ['ALLOW_CALLING_IPS', 'PERSON', 'admin-1'],
      ['SUBMIT_IN_CONSOLE', 'PERSON', 'admin-2'],
    ]);
  });

  it('a new revision is submitted and launched anew', () => {
    const marks = [{ step: 'SUBMIT_IN_CONSOLE', revisionId: 'r1', markedBy: 'admin-2', markedAt: now }] as const;
    const launched = { ...draft, availability: 'ONLINE', onlineRevision: online, workingRevision: null, marks } as const;
    expect(doneSteps(launched, {}).map(([step]) => step)).toEqual(['SUBMIT_IN_CONSOLE', 'LAUNCH_IN_CONSOLE']);
    const workingRevision = { ...draft.workingRevision!, id: 'r2', number: 2 };
    expect(doneSteps({ ...launched, workingRevision }, {})).toEqual([]);
  });
});
