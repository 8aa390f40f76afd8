import { err, ok, text, type LocalizedText, type Rejection, type Result } from '@daikaifa/kernel';
import {
  nextRevisionStatus,
  REVIEW_PATHS,
  WORKING_STATUS_TEXTS,
  type ReviewState,
  type RevisionAction,
  type WorkingStatus,
} from './revision-table';

/** One hand-over to review. A revision that is submitted again has a new submission id. */
export interface Submission {
  readonly id: string;
  readonly submittedBy: string;
  readonly submittedAt: Date;
  /** The callback URL that WeCom had verified when it was submitted. */
  readonly callbackUrl: string;
}

export interface ReviewReason {
  /** Field of the content, or empty for the whole. */
  readonly field: string;
  readonly code: string;
  readonly text: LocalizedText;
}

/** Why the last review of this revision failed; kept while it is being mended. */
export interface ReviewFailure {
  readonly submissionId: string;
  readonly stage: 'PRECHECK' | 'VERDICT';
  readonly reasons: readonly ReviewReason[];
}

interface RevisionParts<Content> {
  readonly id: string;
  /** 1, 2, 3 … within the aggregate. */
  readonly number: number;
  readonly content: Content;
  readonly createdAt: Date;
  readonly editedAt: Date;
}

export type WorkingRevision<Content> = RevisionParts<Content> &
  (
    | { readonly status: 'DRAFT'; readonly failure: ReviewFailure | null }
    | { readonly status: 'IN_REVIEW' | 'APPROVED' | 'LAUNCHING'; readonly submission: Submission }
    | { readonly status: 'REJECTED'; readonly submission: Submission; readonly failure: ReviewFailure }
  );

/** The frozen snapshot that went online. */
export type LaunchedRevision<Content> = RevisionParts<Content> & {
  readonly status: 'ONLINE';
  readonly submission: Submission;
  readonly launchedAt: Date;
  /** Whether a machine or a person saw it online. */
  readonly confirmedBy: 'SIGNAL' | 'PERSON';
};

export type Revision<Content> = WorkingRevision<Content> | LaunchedRevision<Content>;

/** What template, corp app and third-party app share: what is online, what is being worked on, what was online. */
export interface Revisions<Content> {
  readonly onlineRevision: LaunchedRevision<Content> | null;
  readonly workingRevision: WorkingRevision<Content> | null;
  /** Earlier online revisions, oldest first, at most `MAX_PAST_REVISIONS`. */
  readonly pastRevisions: readonly LaunchedRevision<Content>[];
  readonly lastNumber: number;
}

/** Bounds the stored document; the oldest go first. */
export const MAX_PAST_REVISIONS = 100;

const actionTexts: Partial<Record<RevisionAction, LocalizedText>> = {
  edit: text('编辑', 'be edited'),
  submit: text('提交', 'be submitted'),
  withdraw: text('撤回', 'be withdrawn'),
};

const refused = (action: RevisionAction, status: WorkingStatus | 'NONE'): Rejection => {
  const what = actionTexts[action] ?? text(action, action);
  if (status === 'NONE') {
    return {
      code: 'INVALID_STATE',
      text: text(`没有可${what.zh}的版本`, `There is no working revision that could ${what.en}`),
      details: { action, status },
    };
  }
  const state = WORKING_STATUS_TEXTS[status];
  const first = status === 'IN_REVIEW' && action === 'edit' ? text('，请先撤回', '; withdraw it first') : text('', '');
  return {
    code: 'INVALID_STATE',
    text: text(`版本${state.zh}，不能${what.zh}${first.zh}`, `A revision that is ${state.en} cannot ${what.en}${first.en}`),
    details: { action, status },
  };
};

const partsOf = <Content>(revision: Revision<Content>): RevisionParts<Content> => ({
  id: revision.id,
  number: revision.number,
  content: revision.content,
  createdAt: revision.createdAt,
  editedAt: revision.editedAt,
});

const failureOf = <Content>(revision: WorkingRevision<Content>): ReviewFailure | null =>
  revision.status === 'DRAFT' || revision.status === 'REJECTED' ? revision.failure : null;

/** The submission that the review is about; null for a draft. */
export const submissionOf = <Content>(revision: Revision<Content>): Submission | null =>
  revision.status === 'DRAFT' ? null : revision.submission;

export const firstDraft = <Content>(draft: { id: string; content: Content; now: Date }): Revisions<Content> => ({
  onlineRevision: null,
  workingRevision: newDraft(draft, 1),
  pastRevisions: [],
  lastNumber: 1,
});

const newDraft = <Content>(
  draft: { id: string; content: Content; now: Date },
  number: number,
): WorkingRevision<Content> => ({
  id: draft.id,
  number,
  content: draft.content,
  createdAt: draft.now,
  editedAt: draft.now,
  status: 'DRAFT',
  failure: null,
});

/**
 * Opens a working revision with this content, or continues the one there is.
 * Content that changes nothing changes nothing, so that pressing "save" does not lose an approval.
 */
export const editRevision = <Content extends object>(
  revisions: Revisions<Content>,
  draft: { id: string; content: Content; now: Date },
): Result<Revisions<Content>, Rejection> => {
  const { workingRevision, onlineRevision } = revisions;
  if (workingRevision !== null && nextRevisionStatus(workingRevision.status, 'edit') === undefined) {
    return err(refused('edit', workingRevision.status));
  }
  const current = workingRevision ?? onlineRevision;
  if (current !== null && diffContents(current.content, draft.content).length === 0) {
    return ok(revisions);
  }
  if (workingRevision === null) {
    const number = revisions.lastNumber + 1;
    return ok({ ...revisions, workingRevision: newDraft(draft, number), lastNumber: number });
  }
  const edited = { ...partsOf(workingRevision), content: draft.content, editedAt: draft.now };
  return ok({ ...revisions, workingRevision: { ...edited, status: 'DRAFT', failure: failureOf(workingRevision) } });
};

export const submitRevision = <Content>(
  revisions: Revisions<Content>,
  submission: Submission,
): Result<Revisions<Content>, Rejection> => {
  const { workingRevision } = revisions;
  if (workingRevision === null || nextRevisionStatus(workingRevision.status, 'submit') === undefined) {
    return err(refused('submit', workingRevision?.status ?? 'NONE'));
  }
  return ok({ ...revisions, workingRevision: { ...partsOf(workingRevision), status: 'IN_REVIEW', submission } });
};

export const withdrawRevision = <Content>(revisions: Revisions<Content>): Result<Revisions<Content>, Rejection> => {
  const { workingRevision } = revisions;
  if (workingRevision === null || nextRevisionStatus(workingRevision.status, 'withdraw') === undefined) {
    return err(refused('withdraw', workingRevision?.status ?? 'NONE'));
  }
  return ok({ ...revisions, workingRevision: { ...partsOf(workingRevision), status: 'DRAFT', failure: null } });
};

/** What a review item says now. */
export interface ReviewOutcome {
  readonly submissionId: string;
  readonly state: ReviewState;
  readonly reasons: readonly ReviewReason[];
  readonly confirmedBy: 'SIGNAL' | 'PERSON';
  readonly launchedAt: Date;
}

const online = <Content>(
  revision: WorkingRevision<Content>,
  submission: Submission,
  outcome: ReviewOutcome,
): LaunchedRevision<Content> => ({
  ...partsOf(revision),
  status: 'ONLINE',
  submission,
  launchedAt: outcome.launchedAt,
  confirmedBy: outcome.confirmedBy,
});

const reviewed = <Content>(
  revision: WorkingRevision<Content>,
  submission: Submission,
  status: WorkingStatus,
  outcome: ReviewOutcome,
): WorkingRevision<Content> => {
  const parts = partsOf(revision);
  switch (status) {
    case 'DRAFT':
      return { ...parts, status, failure: null };
    case 'REJECTED': {
      const stage = outcome.state === 'PRECHECK_FAILED' ? 'PRECHECK' : 'VERDICT';
      const failure = { submissionId: submission.id, stage, reasons: outcome.reasons } as const;
      return { ...parts, status, submission, failure };
    }
    case 'IN_REVIEW':
    case 'APPROVED':
    case 'LAUNCHING':
      return { ...parts, status, submission };
  }
};

/**
 * Brings the working revision to where its review item stands. Safe to repeat; an item of another submission (an
 * older one, or of a revision that is online already) changes nothing.
 * @returns the steps taken and the state after them; null when there is nothing to do
 */
export const followReview = <Content>(
  revisions: Revisions<Content>,
  outcome: ReviewOutcome,
): { readonly next: Revisions<Content>; readonly steps: readonly RevisionAction[] } | null => {
  const { workingRevision, onlineRevision } = revisions;
  const submission = workingRevision && submissionOf(workingRevision);
  if (!workingRevision || !submission || submission.id !== outcome.submissionId) {
    return null;
  }
  const paths: Partial<Record<WorkingStatus, readonly RevisionAction[]>> = REVIEW_PATHS[outcome.state];
  const steps = paths[workingRevision.status] ?? [];
  const status = steps.reduce<WorkingStatus | 'ONLINE' | undefined>(
    (state, action) => state && nextRevisionStatus(state, action),
    workingRevision.status,
  );
  if (steps.length === 0 || status === undefined) {
    return null;
  }
  if (status !== 'ONLINE') {
    return { next: { ...revisions, workingRevision: reviewed(workingRevision, submission, status, outcome) }, steps };
  }
  const pastRevisions = onlineRevision ? [...revisions.pastRevisions, onlineRevision] : revisions.pastRevisions;
  return {
    next: {
      ...revisions,
      onlineRevision: online(workingRevision, submission, outcome),
      workingRevision: null,
      pastRevisions: pastRevisions.slice(-MAX_PAST_REVISIONS),
    },
    steps,
  };
};

/** All revisions there are, newest first. */
export const historyOf = <Content>(revisions: Revisions<Content>): readonly Revision<Content>[] =>
  [revisions.workingRevision, revisions.onlineRevision, ...revisions.pastRevisions.toReversed()].filter(
    (revision) => revision !== null,
  );

export const findRevision = <Content>(revisions: Revisions<Content>, id: string): Revision<Content> | null =>
  historyOf(revisions).find((revision) => revision.id === id) ?? null;

/** A new draft with the content of an old revision; the same conditions as for editing. */
export const rollBackRevision = <Content extends object>(
  revisions: Revisions<Content>,
  command: { readonly toRevisionId: string; readonly newRevisionId: string; readonly now: Date },
): Result<Revisions<Content>, Rejection> => {
  const target = findRevision(revisions, command.toRevisionId);
  if (target === null) {
    return err({
      code: 'NOT_FOUND',
      text: text('找不到该版本', 'This revision does not exist'),
      details: { revisionId: command.toRevisionId },
    });
  }
  return editRevision(revisions, { id: command.newRevisionId, content: target.content, now: command.now });
};

/** One field in which two contents differ; null = absent. */
export interface FieldDifference {
  readonly field: string;
  readonly before: unknown;
  readonly after: unknown;
}

const same = (one: unknown, other: unknown): boolean => JSON.stringify(one ?? null) === JSON.stringify(other ?? null);

/** Field by field, in the order of `before`; a picture counts as one field. */
export const diffContents = (before: object, after: object): readonly FieldDifference[] => {
  const left = before as Readonly<Record<string, unknown>>;
  const right = after as Readonly<Record<string, unknown>>;
  return [...new Set([...Object.keys(left), ...Object.keys(right)])]
    .filter((field) => !same(left[field], right[field]))
    .map((field) => ({ field, before: left[field] ?? null, after: right[field] ?? null }));
};
