import { notFound, text } from '@daikaifa/kernel';
import { isOverdue } from '../../domain/review-item.decide';
import type { ReviewItemResolvers, ReviewSnapshotResolvers } from '../schema.generated';

export const ReviewItem: ReviewItemResolvers = {
  __resolveReference: ({ id }, { items }) => items.load(id),
  ticket: async ({ ticketId }, _args, { tickets }) => {
    const ticket = await tickets.load(ticketId);
    if (ticket === null) {
      throw notFound(text('审核单', 'The ticket'), ticketId);
    }
    return ticket;
  },
  template: ({ subject }) => ({ id: subject.id }),
  revisionId: ({ subject }) => subject.revisionId,
  submissionId: ({ subject }) => subject.submissionId,
  overdue: (item) => isOverdue(item),
  previousItem: ({ previousItemId }, _args, { items }) =>
    previousItemId === null ? null : items.load(previousItemId),
};

export const ReviewSnapshot: ReviewSnapshotResolvers = {
  logoSha256: ({ logo }) => logo?.sha256 ?? null,
};
