import type { ReviewItemState } from '@daikaifa/contracts';
import { isOverdue } from '../domain/due-date';
import type { ReviewItem } from '../domain/review-item';

/** What other services see of an item; the store cuts it to what the contract names. */
export const reviewItemState = (item: ReviewItem): ReviewItemState => {
  const verdict = item.verdicts.at(-1);
  const { templateId, corpApp, batchId } = item.subject;
  return {
    id: item.id,
    ticketId: item.ticketId,
    publisherId: item.publisherId,
    subject: item.subject,
    corpApp: corpApp && { templateId, authorizationId: corpApp.authorizationId, epoch: corpApp.epoch, batchId },
    state: item.state,
    reasons: item.reasons.map(({ field, code, text }) => ({ field, code, ...text })),
    verdict:
      verdict === undefined
        ? null
        : {
            decision: verdict.decision,
            source: verdict.source,
            decidedBy: verdict.decidedBy,
            decidedAt: verdict.decidedAt.toISOString(),
          },
    launch: item.launch && {
      requestedBy: item.launch.requestedBy,
      requestedAt: item.launch.requestedAt.toISOString(),
      waitsForPersonSince: item.launch.waitsForPersonSince?.toISOString() ?? null,
      confirmedBy: item.launch.confirmedBy,
      confirmedAt: item.launch.confirmedAt?.toISOString() ?? null,
    },
    dueAt: item.dueAt.toISOString(),
    overdue: isOverdue(item),
    previousItemId: item.previousItemId,
  };
};
