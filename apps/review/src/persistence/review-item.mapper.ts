import type { Stored } from '@daikaifa/mongo';
import type { ReviewItem } from '../domain/review-item';
import { isOverdue, noticeDueAt } from '../domain/review-item.decide';
import { isOpen } from '../domain/review-item-table';

/** What is derived is stored for queries alone: due dates, the overdue mark, the subject of an open item. */
export type ReviewItemFields = Pick<
  ReviewItem,
  | 'ticketId'
  | 'subject'
  | 'subjectSequence'
  | 'snapshot'
  | 'state'
  | 'prechecks'
  | 'reasons'
  | 'verdicts'
  | 'launch'
  | 'launchReturns'
  | 'submittedBy'
  | 'submittedAt'
  | 'dueAt'
  | 'notice'
  | 'previousItemId'
> & {
  readonly subjectId: string;
  readonly overdue: boolean;
  readonly openSubject: string | undefined;
  readonly precheckDueAt: Date | undefined;
  readonly noticeDueAt: Date | undefined;
};

export const toDocument = (item: ReviewItem): ReviewItemFields => ({
  ticketId: item.ticketId,
  subjectId: item.subject.id,
  subject: item.subject,
  subjectSequence: item.subjectSequence,
  snapshot: item.snapshot,
  state: item.state,
  prechecks: item.prechecks,
  reasons: item.reasons,
  verdicts: item.verdicts,
  launch: item.launch,
  launchReturns: item.launchReturns,
  submittedBy: item.submittedBy,
  submittedAt: item.submittedAt,
  dueAt: item.dueAt,
  notice: item.notice,
  previousItemId: item.previousItemId,
  overdue: isOverdue(item),
  openSubject: isOpen(item.state) ? item.subject.id : undefined,
  precheckDueAt: item.state === 'PRECHECKING' ? item.createdAt : undefined,
  noticeDueAt: noticeDueAt(item) ?? undefined,
});

export const toDomain = (document: Stored<ReviewItemFields>): ReviewItem => ({
  id: document._id,
  publisherId: document.tenant,
  version: document.version,
  createdAt: document.createdAt,
  updatedAt: document.updatedAt,
  ticketId: document.ticketId,
  subject: document.subject,
  subjectSequence: document.subjectSequence,
  snapshot: document.snapshot,
  state: document.state,
  prechecks: document.prechecks,
  reasons: document.reasons,
  verdicts: document.verdicts,
  launch: document.launch,
  launchReturns: document.launchReturns,
  submittedBy: document.submittedBy,
  submittedAt: document.submittedAt,
  dueAt: document.dueAt,
  notice: document.notice,
  previousItemId: document.previousItemId,
});
