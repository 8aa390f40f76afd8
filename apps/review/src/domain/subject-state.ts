import type { CorpAppPlace, ReviewSnapshot, SubjectKind } from './review-item';

export interface Submission {
  readonly id: string;
  /** What was submitted together shares a ticket; a template is alone in its batch. */
  readonly batchId: string;
  readonly submittedBy: string;
  readonly submittedAt: Date;
}

/** What its owner last said about a template or a corp app; all that reviews need of it. */
export interface SubjectState {
  readonly kind: SubjectKind;
  readonly id: string;
  readonly publisherId: string;
  /** Of the state; rises with every change of the subject. */
  readonly sequence: number;
  /** The template itself, or the one that the app is made from. */
  readonly templateId: string;
  /** Null for a template. */
  readonly corpApp: CorpAppPlace | null;
  /** Retired, deleted, cancelled: nothing of it is reviewed any more. */
  readonly isGone: boolean;
  /** The working revision, once it was submitted; null for a draft. */
  readonly submitted: {
    readonly revisionId: string;
    readonly status: 'IN_REVIEW' | 'APPROVED' | 'LAUNCHING' | 'REJECTED';
    readonly submission: Submission;
    readonly snapshot: ReviewSnapshot;
  } | null;
  readonly onlineSubmissionId: string | null;
}

/** How the publisher wants its reviews decided; set in the template service. */
export interface ReviewSettings {
  readonly verdictSource: 'PLATFORM' | 'WECOM';
  readonly fourEyes: boolean;
  readonly dueHours: number;
  /** Counts instead of the hours; null: the hours count. */
  readonly dueWorkingDays: number | null;
}

/** Whether the subject is still where this submission put it, however far the review has come. */
export const isOn = (subject: SubjectState, submissionId: string): boolean =>
  !subject.isGone &&
  (subject.submitted?.submission.id === submissionId || subject.onlineSubmissionId === submissionId);

/** The submission that has to have an item; null: nothing is in review. */
export const submissionInReview = (subject: SubjectState): SubjectState['submitted'] =>
  subject.submitted?.status === 'IN_REVIEW' && !subject.isGone ? subject.submitted : null;

/**
 * What the state of its subject means for an open item. The subject follows the item too, so most states are only
 * echoes: as long as it is on the item's submission there is nothing to do.
 */
export const fateOf = (
  item: { readonly subjectSequence: number; readonly submissionId: string },
  subject: SubjectState,
): 'STAYS' | 'WITHDRAWN' | 'VOID' => {
  // The state that opened the item, or an older one that is handled late, says nothing about it.
  if (subject.sequence <= item.subjectSequence || isOn(subject, item.submissionId)) {
    return 'STAYS';
  }
  return subject.isGone ? 'VOID' : 'WITHDRAWN';
};
