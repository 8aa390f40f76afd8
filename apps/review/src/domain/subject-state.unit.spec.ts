import { fateOf, submissionInReview, type SubjectState } from './subject-state';

type Submitted = NonNullable<SubjectState['submitted']>;
const submitted = (status: Submitted['status'], id = 's1'): Submitted => ({
  revisionId: 'r1',
  status,
  submission: { id, batchId: id, submittedBy: 'developer', submittedAt: new Date(0) },
  snapshot: {
    kind: 'DELEGATED_TEMPLATE',
    logo: null,
    name: null,
    introduction: null,
    category: null,
    targetIndustry: null,
    callbackUrl: '',
  },
});
const subject = (changes: Partial<SubjectState>): SubjectState => ({
  kind: 'DELEGATED_TEMPLATE',
  id: 't1',
  publisherId: 'p1',
  sequence: 9,
  templateId: 't1',
  corpApp: null,
  isGone: false,
  submitted: null,
  onlineSubmissionId: null,
  ...changes,
});
const item = { subjectSequence: 3, submissionId: 's1' };

describe('what the state of a subject means for its open item', () => {
  it.each<[string, Partial<SubjectState>, ReturnType<typeof fateOf>]>([
    ['in review with its submission', { submitted: submitted('IN_REVIEW') }, 'STAYS'],
    ['an echo of the approval', { submitted: submitted('APPROVED') }, 'STAYS'],
    ['an echo of the launch', { submitted: submitted('LAUNCHING') }, 'STAYS'],
    ['an echo of a rejection that was corrected meanwhile', { submitted: submitted('REJECTED') }, 'STAYS'],
    ['an echo of being online', { onlineSubmissionId: 's1' }, 'STAYS'],
    ['withdrawn or edited', { submitted: null }, 'WITHDRAWN'],
    ['submitted again', { submitted: submitted('IN_REVIEW', 's2') }, 'WITHDRAWN'],
    ['online with another submission', { onlineSubmissionId: 's0' }, 'WITHDRAWN'],
    ['gone', { isGone: true }, 'VOID'],
    ['gone with another submission online', { isGone: true, onlineSubmissionId: 's0' }, 'VOID'],
    ['gone with its submission still on it', { isGone: true, submitted: submitted('APPROVED') }, 'VOID'],
    ['older than the state that opened the item', { sequence: 2, submitted: null }, 'STAYS'],
    ['the state that opened the item', { sequence: 3, submitted: null }, 'STAYS'],
  ])('%s', (_title, changes, fate) => {
    expect(fateOf(item, subject(changes))).toBe(fate);
  });
});

describe('what has to have an item', () => {
  it('is a submission in review of a subject that is not gone', () => {
    expect(submissionInReview(subject({ submitted: submitted('IN_REVIEW') }))?.submission.id).toBe('s1');
    expect(submissionInReview(subject({ submitted: submitted('IN_REVIEW'), isGone: true }))).toBeNull();
    for (const status of ['APPROVED', 'LAUNCHING', 'REJECTED'] as const) {
      expect(submissionInReview(subject({ submitted: submitted(status) }))).toBeNull();
    }
    expect(submissionInReview(subject({}))).toBeNull();
  });
});
