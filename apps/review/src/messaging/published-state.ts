import type { ReviewItemState } from '@daikaifa/contracts';
import type { ReviewItem } from '../domain/review-item';
import { isOverdue } from '../domain/review-item.decide';

/** What other services see of an item; the store cuts it to what the contract names. */
export const reviewItemState = (item: ReviewItem): ReviewItemState => {
  const verdict = item.verdicts.at(-1);
  return {
    id: item.id,
    ticketId: item.ticketId,
    publisherId: item.publisherId,
    subject: item.subject,
    corpApp: null,
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
      confirmedBy: item.launch.confirmedBy,
      confirmedAt: item.launch.confirmedAt?.toISOString() ?? null,
    },
    dueAt: item.dueAt.toISOString(),
    overdue: isOverdue(item),
    previousItemId: item.previousItemId,
  };
};
