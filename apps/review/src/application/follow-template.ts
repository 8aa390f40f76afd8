import { platformScope, type Clock } from '@daikaifa/kernel';
import type { ReviewItem } from '../domain/review-item';
import { openItem, voidItem, withdrawItem, type ReviewItemDecision } from '../domain/review-item.decide';
import { isOpen } from '../domain/review-item-table';
import { fateOf, submissionInReview, type ReviewSettings, type TemplateSubject } from '../domain/template-subject';
import type { Dependencies } from './ports';
import { itemIdOf, ticketIdOf } from './review-ids';

const SCOPE = platformScope('follow the template');

type Needed = Pick<Dependencies, 'items' | 'tickets' | 'subjects' | 'settings' | 'queue' | 'clock'>;

const decideFate =
  (subject: TemplateSubject, clock: Clock) =>
  (item: ReviewItem): ReviewItemDecision | null => {
    const { subjectSequence } = item;
    switch (fateOf({ subjectSequence, submissionId: item.subject.submissionId }, subject)) {
      case 'STAYS':
        return null;
      case 'WITHDRAWN':
        return withdrawItem(item, clock.now());
      case 'VOID':
        return voidItem(item, clock.now());
    }
  };

/** Closes the open item that the template has left. @returns whether the subject has no open item now */
const closeLeft = async ({ items, clock }: Needed, subject: TemplateSubject): Promise<boolean> => {
  const open = await items.findOpenOfSubject(SCOPE, subject.templateId);
  const now = open && (await items.update(SCOPE, open.id, decideFate(subject, clock)));
  return now === null || !isOpen(now.state);
};

const open = async (deps: Needed, subject: TemplateSubject): Promise<void> => {
  const inReview = submissionInReview(subject);
  if (inReview === null) {
    return;
  }
  const { submission, revisionId, snapshot } = inReview;
  const { templateId, publisherId, sequence: subjectSequence } = subject;
  const [settings, last] = await Promise.all([
    deps.settings.byPublisher(SCOPE, publisherId),
    deps.items.findLastOfSubject(SCOPE, templateId),
  ]);
  // Without the publisher's settings there is no due date: `followPublisher` comes back to it. A later item than
  // this state's own means that the state is an old one.
  if (settings === null || (last !== null && last.subjectSequence >= subjectSequence)) {
    return;
  }
  const now = deps.clock.now();
  const ticketId = ticketIdOf(submission.id);
  const { next, facts } = openItem(
    {
      id: itemIdOf(submission.id),
      ticketId,
      publisherId,
      subject: { kind: 'DELEGATED_TEMPLATE', id: templateId, revisionId, submissionId: submission.id },
      subjectSequence,
      snapshot,
      submittedBy: submission.submittedBy,
      submittedAt: submission.submittedAt,
      dueHours: settings.dueHours,
      previousItemId: last?.id ?? null,
    },
    now,
  );
  await deps.tickets.create({ id: ticketId, publisherId, version: 0, createdAt: now, updatedAt: now });
  const item = await deps.items.create(next, facts);
  await deps.queue.wake(item.id);
};

/** Brings the items of a template to where the template stands. Safe to repeat; an older state changes nothing. */
const settle = async (deps: Needed, subject: TemplateSubject): Promise<void> => {
  const submissionId = subject.submitted?.submission.id;
  const isClosed = await closeLeft(deps, subject);
  const isThere = submissionId !== undefined && (await deps.items.byId(SCOPE, itemIdOf(submissionId))) !== null;
  if (isClosed && !isThere) {
    await open(deps, subject);
  }
};

export const followTemplate =
  (deps: Needed) =>
  async (subject: TemplateSubject): Promise<void> => {
    await deps.subjects.record(subject);
    await settle(deps, subject);
  };

/** Settings of a publisher; submissions that waited for them get their items. */
export const followPublisher =
  (deps: Needed) =>
  async (publisher: {
    readonly publisherId: string;
    readonly sequence: number;
    readonly settings: ReviewSettings;
  }): Promise<void> => {
    const { publisherId, sequence, settings } = publisher;
    await deps.settings.record(publisherId, sequence, settings);
    for (const subject of await deps.subjects.inReviewOf(SCOPE, publisherId)) {
      await settle(deps, subject);
    }
  };
