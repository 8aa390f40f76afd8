import { text, transition, type LocalizedText, type TransitionTable } from '@daikaifa/kernel';

/** Where a working revision stands. A launched one is no longer a working revision: it is online. */
export const WORKING_STATUSES = ['DRAFT', 'IN_REVIEW', 'APPROVED', 'LAUNCHING', 'REJECTED'] as const;
export type WorkingStatus = (typeof WORKING_STATUSES)[number];

export const REVISION_ACTIONS = [
  'edit',
  'submit',
  'withdraw',
  'precheckFailed',
  'approve',
  'reject',
  'launch',
  'launchReturned',
  'launched',
  'voided',
] as const;
export type RevisionAction = (typeof REVISION_ACTIONS)[number];

/**
 * `reject` and `approve` also turn a verdict around that was wrongly recorded. A rejected revision may be submitted
 * again as it is: what failed may have been outside of it (the callback endpoint, a filing).
 */
export const REVISION_TABLE = {
  DRAFT: { edit: 'DRAFT', submit: 'IN_REVIEW' },
  IN_REVIEW: {
    withdraw: 'DRAFT',
    precheckFailed: 'REJECTED',
    approve: 'APPROVED',
    reject: 'REJECTED',
    voided: 'DRAFT',
  },
  APPROVED: { edit: 'DRAFT', withdraw: 'DRAFT', reject: 'REJECTED', launch: 'LAUNCHING', voided: 'DRAFT' },
  LAUNCHING: { launchReturned: 'APPROVED', launched: 'ONLINE', voided: 'DRAFT' },
  REJECTED: { edit: 'DRAFT', submit: 'IN_REVIEW', approve: 'APPROVED' },
  ONLINE: {},
} as const satisfies TransitionTable<WorkingStatus | 'ONLINE', RevisionAction>;

/** The status after the action; undefined where the action is refused. */
export const nextRevisionStatus = (
  status: WorkingStatus | 'ONLINE',
  action: RevisionAction,
): WorkingStatus | 'ONLINE' | undefined =>
  transition<WorkingStatus | 'ONLINE', RevisionAction>(REVISION_TABLE, status, action);

/** States of a review item, as the review service publishes them. */
export type ReviewState =
  | 'PRECHECKING'
  | 'PRECHECK_FAILED'
  | 'PENDING'
  | 'APPROVED'
  | 'LAUNCHING'
  | 'LAUNCHED'
  | 'REJECTED'
  | 'WITHDRAWN'
  | 'VOID';

/**
 * The steps from where a revision stands to where its review item stands. Items are read by their latest state, and
 * compaction or a pause may have swallowed the states between, so a path can have several steps. No path: nothing to
 * do.
 */
export const REVIEW_PATHS = {
  PRECHECKING: {},
  PENDING: {},
  PRECHECK_FAILED: { IN_REVIEW: ['precheckFailed'] },
  REJECTED: { IN_REVIEW: ['reject'], APPROVED: ['reject'], LAUNCHING: ['launchReturned', 'reject'] },
  APPROVED: { IN_REVIEW: ['approve'], LAUNCHING: ['launchReturned'], REJECTED: ['approve'] },
  LAUNCHING: { IN_REVIEW: ['approve', 'launch'], APPROVED: ['launch'], REJECTED: ['approve', 'launch'] },
  LAUNCHED: {
    IN_REVIEW: ['approve', 'launch', 'launched'],
    APPROVED: ['launch', 'launched'],
    LAUNCHING: ['launched'],
    REJECTED: ['approve', 'launch', 'launched'],
  },
  WITHDRAWN: { IN_REVIEW: ['withdraw'], APPROVED: ['withdraw'], LAUNCHING: ['launchReturned', 'withdraw'] },
  VOID: { IN_REVIEW: ['voided'], APPROVED: ['voided'], LAUNCHING: ['voided'] },
} as const satisfies Readonly<Record<ReviewState, Partial<Record<WorkingStatus, readonly RevisionAction[]>>>>;

export const WORKING_STATUS_TEXTS: Readonly<Record<WorkingStatus, LocalizedText>> = {
  DRAFT: text('草稿', 'a draft'),
  IN_REVIEW: text('审核中', 'in review'),
  APPROVED: text('待上线', 'approved'),
  LAUNCHING: text('上线中', 'being launched'),
  REJECTED: text('已驳回', 'rejected'),
};
