import { platformScope, type Clock } from '@daikaifa/kernel';
import { isCancelled } from '../domain/authorization-signal';
import { dueAt, dueTimeOf } from '../domain/due-date';
import type { ReviewItem } from '../domain/review-item';
import { openItem, voidItem, withdrawItem } from '../domain/review-item.decide';
import type { ReviewItemDecision } from '../domain/review-item-step';
import { isOpen } from '../domain/review-item-table';
import { fateOf, submissionInReview, type ReviewSettings, type SubjectState } from '../domain/subject-state';
import { erasureOf } from './erase-epoch';
import type { Dependencies } from './ports';
import { itemIdOf, ticketIdOf } from './review-ids';

const SCOPE = platformScope('follow the subject');

type Needed = Pick<
  Dependencies,
  'items' | 'tickets' | 'subjects' | 'authorizations' | 'tombstones' | 'settings' | 'queue' | 'calendar' | 'clock'
>;

const decideFate =
  (subject: SubjectState, clock: Clock) =>
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

/** Closes the open item that the subject has left. @returns whether the subject has no open item now */
const closeLeft = async ({ items, clock }: Needed, subject: SubjectState): Promise<boolean> => {
  const open = await items.findOpenOfSubject(SCOPE, subject.id);
  const now = open && (await items.update(SCOPE, open.id, decideFate(subject, clock)));
  return now === null || !isOpen(now.state);
};

/** A cancelled corp's app will say so itself; until then its submission is not reviewed. */
const isOver = async ({ authorizations }: Needed, { corpApp }: SubjectState): Promise<boolean> => {
  const authorization = corpApp && (await authorizations.byId(SCOPE, corpApp.authorizationId));
  return authorization !== null && corpApp !== null && isCancelled(authorization, corpApp.epoch);
};

const open = async (deps: Needed, subject: SubjectState): Promise<void> => {
  const inReview = submissionInReview(subject);
  if (inReview === null || (await isOver(deps, subject))) {
    return;
  }
  const { submission, revisionId, snapshot } = inReview;
  const { id, kind, templateId, corpApp, publisherId, sequence: subjectSequence } = subject;
  const [settings, last] = await Promise.all([
    deps.settings.byPublisher(SCOPE, publisherId),
    deps.items.findLastOfSubject(SCOPE, id),
  ]);
  // Without the publisher's settings there is no due date: `followPublisher` comes back to it. A later item than
  // this state's own means that the state is an old one.
  if (settings === null || (last !== null && last.subjectSequence >= subjectSequence)) {
    return;
  }
  const now = deps.clock.now();
  const { batchId, submittedBy, submittedAt } = submission;
  const ticketId = ticketIdOf(batchId);
  const { next, facts } = openItem(
    {
      id: itemIdOf(submission.id),
      ticketId,
      publisherId,
      subject: { kind, id, templateId, corpApp, revisionId, submissionId: submission.id, batchId },
      subjectSequence,
      snapshot,
      submittedBy,
      submittedAt,
      dueAt: dueAt(submittedAt, dueTimeOf(settings), deps.calendar),
      previousItemId: last?.id ?? null,
    },
    now,
  );
  await deps.tickets.create({ id: ticketId, publisherId, version: 0, createdAt: now, updatedAt: now });
  const item = await deps.items.create(next, facts);
  await deps.queue.wakePrecheck(item.id);
};

/** Brings the items of a subject to where it stands. Safe to repeat; an older state changes nothing. */
const settle = async (deps: Needed, subject: SubjectState): Promise<void> => {
  const submissionId = subject.submitted?.submission.id;
  const isClosed = await closeLeft(deps, subject);
  const isThere = submissionId !== undefined && (await deps.items.byId(SCOPE, itemIdOf(submissionId))) !== null;
  if (isClosed && !isThere) {
    await open(deps, subject);
  }
};

/** What a template or a corp's app says about itself. Nothing of a corp comes back after its erasure. */
export const followSubject = (deps: Needed) => {
  const { unlessErased } = erasureOf(deps);
  return async (subject: SubjectState): Promise<void> => {
    const follow = async (): Promise<void> => {
      await deps.subjects.record(subject);
      await settle(deps, subject);
    };
    const { corpApp, publisherId } = subject;
    await (corpApp === null ? follow() : unlessErased({ ...corpApp, publisherId }, follow));
  };
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
