import type { Aggregate, LocalizedText } from '@daikaifa/kernel';
import type { Image, ReviewReason } from '@daikaifa/rules';

export type { ReviewReason } from '@daikaifa/rules';

/** What is reviewed, named by the service that owns it. */
export interface ReviewSubject {
  readonly kind: 'DELEGATED_TEMPLATE';
  readonly id: string;
  readonly revisionId: string;
  /** One hand-over to review; submitted again, the same revision has another one. */
  readonly submissionId: string;
}

/** What the publisher writes; every field that a rule or a reviewer can refuse. */
export interface SnapshotContent {
  readonly logo: Image | null;
  readonly name: string | null;
  readonly introduction: string | null;
  readonly category: string | null;
  readonly targetIndustry: string | null;
}

/** The content as it was when it was submitted; never changes. */
export interface ReviewSnapshot extends SnapshotContent {
  readonly callbackUrl: string;
}

/** Fields that a reason may name; empty: the whole. */
export const REASON_FIELDS = [
  'logo',
  'name',
  'introduction',
  'category',
  'targetIndustry',
  'callbackUrl',
  '',
] as const satisfies readonly (keyof ReviewSnapshot | '')[];

export type PrecheckCode = 'FIELD_RULES' | 'CALLBACK_VERIFIED' | 'CALLBACK_HEALTHY' | 'IMAGES' | 'LOGO_LIKENESS';
export type PrecheckOutcome = 'PASSED' | 'WARNING' | 'FAILED' | 'NOT_CHECKED';

/** One finding of an automatic check; a check that finds several things leaves several. */
export interface Precheck {
  readonly code: PrecheckCode;
  readonly outcome: PrecheckOutcome;
  /** Stable code of what was found (`NAME_LENGTH`, `WRONG_KEY`); null when all is well. */
  readonly reason: string | null;
  readonly field: string | null;
  readonly text: LocalizedText;
  readonly checkedAt: Date;
}

export type VerdictSource = 'PLATFORM' | 'WECOM';
export type VerdictDecision = 'APPROVED' | 'REJECTED';

export interface Verdict {
  readonly decision: VerdictDecision;
  readonly source: VerdictSource;
  readonly decidedBy: string;
  readonly decidedAt: Date;
  readonly reasons: readonly ReviewReason[];
  readonly isCorrection: boolean;
  readonly note: string | null;
}

export interface Launch {
  readonly requestedBy: string;
  readonly requestedAt: Date;
  readonly confirmedBy: 'SIGNAL' | 'PERSON' | null;
  /** Who confirmed it, when a person did. */
  readonly confirmer: string | null;
  readonly confirmedAt: Date | null;
}

/** A launch that was asked for and did not happen. */
export interface LaunchReturn {
  readonly requestedBy: string;
  readonly requestedAt: Date;
  readonly returnedBy: string;
  readonly returnedAt: Date;
  readonly note: string;
}

export const REVIEW_ITEM_STATES = [
  'PRECHECKING',
  'PRECHECK_FAILED',
  'PENDING',
  'APPROVED',
  'LAUNCHING',
  'LAUNCHED',
  'REJECTED',
  'WITHDRAWN',
  'VOID',
] as const;
export type ReviewItemState = (typeof REVIEW_ITEM_STATES)[number];

/** One reviewed subject of a ticket (审核项). */
export interface ReviewItem extends Aggregate {
  readonly ticketId: string;
  readonly subject: ReviewSubject;
  /** Sequence of the subject's state that opened the item: an older state must not close it. */
  readonly subjectSequence: number;
  readonly snapshot: ReviewSnapshot;
  readonly state: ReviewItemState;
  readonly prechecks: readonly Precheck[];
  /** Of the refusal that stands, by precheck or verdict. */
  readonly reasons: readonly ReviewReason[];
  /** Oldest first; the last one stands. */
  readonly verdicts: readonly Verdict[];
  readonly launch: Launch | null;
  /** Oldest first. */
  readonly launchReturns: readonly LaunchReturn[];
  readonly submittedBy: string;
  readonly submittedAt: Date;
  readonly dueAt: Date;
  /** The last notice about the due date that was given; each is given once. */
  readonly notice: 'NONE' | 'DUE_SOON' | 'OVERDUE';
  /** The item of this subject before this one. */
  readonly previousItemId: string | null;
}

export type ReviewItemFact = {
  readonly type:
    | 'review.item.opened'
    | 'review.item.prechecked'
    | 'review.item.precheck-failed'
    | 'review.item.decided'
    | 'review.item.verdict-corrected'
    | 'review.item.launching'
    | 'review.item.launch-returned'
    | 'review.item.launched'
    | 'review.item.withdrawn'
    | 'review.item.void'
    | 'review.item.due-soon'
    | 'review.item.overdue';
};
