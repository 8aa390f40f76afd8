import { notFound, text } from '@daikaifa/kernel';
import { isOverdue } from '../../domain/due-date';
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
  kind: ({ subject }) => subject.kind,
  template: ({ subject }) => ({ id: subject.templateId }),
  corpApp: ({ subject }) => (subject.kind === 'CORP_APP' ? { id: subject.id } : null),
  batchId: ({ subject }) => subject.batchId,
  revisionId: ({ subject }) => subject.revisionId,
  submissionId: ({ subject }) => subject.submissionId,
  overdue: (item) => isOverdue(item),
  previousItem: ({ previousItemId }, _args, { items }) =>
    previousItemId === null ? null : items.load(previousItemId),
};

export const ReviewSnapshot: ReviewSnapshotResolvers = {
  logoSha256: ({ logo }) => logo?.sha256 ?? null,
  menu: (snapshot) =>
    snapshot.kind === 'CORP_APP'
      ? snapshot.menu.map(({ name, entry, children }) => ({
          name,
          kind: entry?.kind ?? null,
          target: entry?.target ?? null,
          children: children.map((child) => ({ ...child, children: [] })),
        }))
      : null,
};
