import type { ReviewSnapshot } from './review-item';

export interface Submission {
  readonly id: string;
  readonly submittedBy: string;
  readonly submittedAt: Date;
}

/** What the template service last said about a template; all that reviews need of it. */
export interface TemplateSubject {
  readonly templateId: string;
  readonly publisherId: string;
  /** Of the state; rises with every change of the template. */
  readonly sequence: number;
  readonly availability: 'NEVER_LAUNCHED' | 'ONLINE' | 'RETIRED' | 'DELETED';
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
}

const isGone = ({ availability }: TemplateSubject): boolean => availability === 'RETIRED' || availability === 'DELETED';

/** Whether the template is still where this submission put it, however far the review has come. */
export const isOn = (subject: TemplateSubject, submissionId: string): boolean =>
  !isGone(subject) &&
  (subject.submitted?.submission.id === submissionId || subject.onlineSubmissionId === submissionId);

/** The submission that has to have an item; null: nothing is in review. */
export const submissionInReview = (subject: TemplateSubject): TemplateSubject['submitted'] =>
  subject.submitted?.status === 'IN_REVIEW' && !isGone(subject) ? subject.submitted : null;

/**
 * What the state of its template means for an open item. The template follows the item too, so most states are only
 * echoes: as long as it is on the item's submission there is nothing to do.
 */
export const fateOf = (
  item: { readonly subjectSequence: number; readonly submissionId: string },
  subject: TemplateSubject,
): 'STAYS' | 'WITHDRAWN' | 'VOID' => {
  // The state that opened the item, or an older one that is handled late, says nothing about it.
  if (subject.sequence <= item.subjectSequence || isOn(subject, item.submissionId)) {
    return 'STAYS';
  }
  return isGone(subject) ? 'VOID' : 'WITHDRAWN';
};
