import type { Scope } from '@daikaifa/kernel';
import { defineAggregateStore, frameOf, type Outbox } from '@daikaifa/mongo';
import type { Connection } from 'mongoose';
import type { ReviewTickets } from '../application/ports';
import type { ReviewTicket } from '../domain/review-ticket';

const within = (scope: Scope, publisherIds: readonly string[]): readonly string[] =>
  scope.kind === 'platform' ? publisherIds : publisherIds.filter((id) => scope.publisherIds.includes(id));

/** A ticket has no state of its own and no events: both are its items'. */
export const createReviewTicketRepository = (options: {
  readonly connection: Connection;
  readonly outbox: Outbox;
}): ReviewTickets => {
  const store = defineAggregateStore<ReviewTicket, never, object>({
    ...options,
    collection: 'review_tickets',
    fields: {},
    indexes: [],
    toDocument: () => ({}),
    toDomain: frameOf,
  });
  return {
    byIds: store.byIds,
    create: async (next) => {
      await store.create(next, [], { key: next.id, fingerprint: next.id });
    },
    // The parent is the tenant itself, so the scope is kept by asking only for publishers that are in it.
    pagesByPublisher: (scope, publisherIds, request) =>
      store.pagesByParent(scope, { parentField: 'tenant', parentIds: within(scope, publisherIds) }, request),
  };
};
