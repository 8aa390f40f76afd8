import { pageRequest, toConnection } from '@daikaifa/graphql';
import { ticketIdOf } from '../../application/review-ids';
import type { QueryResolvers, ReviewItemFilter } from '../schema.generated';

/** Null means the same as absent. */
const filterOf = ({ publisherId, templateId, corpAppId, batchId, kind, states, overdue }: ReviewItemFilter) => ({
  states: states ?? [],
  ...(kind && { kind }),
  ...(typeof corpAppId === 'string' && { corpAppId }),
  ...(typeof batchId === 'string' && { ticketId: ticketIdOf(batchId) }),
  ...(typeof publisherId === 'string' && { publisherId }),
  ...(typeof templateId === 'string' && { templateId }),
  ...(typeof overdue === 'boolean' && { overdue }),
});

export const Query: QueryResolvers = {
  reviewItem: (_parent, { id }, { items }) => items.load(id),
  reviewTicket: (_parent, { id }, { tickets }) => tickets.load(id),
  reviewItems: async (_parent, { filter, ...page }, { viewer, useCases }) =>
    toConnection(await useCases.listItems(viewer, { filter: filterOf(filter ?? {}), request: pageRequest(page) })),
};
