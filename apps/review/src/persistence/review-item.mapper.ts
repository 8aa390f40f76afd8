import { frameOf, type Stored } from '@daikaifa/mongo';
import type { ReviewItem, SubjectKind } from '../domain/review-item';
import { isOverdue, noticeDueAt } from '../domain/due-date';
import { signalDueAt } from '../domain/launch.decide';
import { endpointSubjectOf } from '../domain/prechecks';
import { isOpen } from '../domain/review-item-table';

/** What is derived is stored for queries alone: due dates, the overdue mark, whom an item in some state waits for. */
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
  readonly subjectKind: SubjectKind;
  readonly templateId: string;
  /** Of a corp app. */
  readonly authorizationId: string | undefined;
  readonly epoch: number | undefined;
  /** While it names the corp. */
  readonly unerasedAuthorization: string | undefined;
  /** While the authorization's publish status confirms it. */
  readonly launchingAuthorization: string | undefined;
  /** While it is prechecked. */
  readonly precheckingEndpoint: string | undefined;
  readonly launchDueAt: Date | undefined;
  readonly overdue: boolean;
  readonly openSubject: string | undefined;
  readonly precheckDueAt: Date | undefined;
  readonly noticeDueAt: Date | undefined;
};

const ofCorpApp = ({ subject: { corpApp }, state }: ReviewItem) => ({
  authorizationId: corpApp?.authorizationId,
  epoch: corpApp?.epoch,
  unerasedAuthorization: corpApp?.corpId ? corpApp.authorizationId : undefined,
  launchingAuthorization: state === 'LAUNCHING' ? corpApp?.authorizationId : undefined,
});

export const toDocument = (item: ReviewItem): ReviewItemFields => ({
  ticketId: item.ticketId,
  subjectId: item.subject.id,
  subjectKind: item.subject.kind,
  templateId: item.subject.templateId,
  ...ofCorpApp(item),
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
  precheckingEndpoint: item.state === 'PRECHECKING' ? endpointSubjectOf(item) : undefined,
  launchDueAt: signalDueAt(item) ?? undefined,
  noticeDueAt: noticeDueAt(item) ?? undefined,
});

export const toDomain = (document: Stored<ReviewItemFields>): ReviewItem => ({
  ...frameOf(document),
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
