import { endpointTopic, type EndpointState } from '@daikaifa/contracts';
import { defineAggregateStore, orUnavailable, type Outbox } from '@daikaifa/mongo';
import type { Connection } from 'mongoose';
import type { Endpoints } from '../application/ports';
import type { Endpoint } from '../domain/endpoint';
import { toDocument, toDomain } from './endpoint.mapper';
import { endpointFields, endpointIndexes } from './endpoint.schema';

export const createEndpointRepository = (options: {
  readonly connection: Connection;
  readonly outbox: Outbox;
  readonly publicState: (endpoint: Endpoint) => EndpointState;
}): Endpoints => {
  const store = defineAggregateStore({
    ...options,
    collection: 'endpoints',
    fields: endpointFields,
    indexes: endpointIndexes,
    toDocument,
    toDomain,
    topic: endpointTopic,
  });
  return {
    byId: store.byId,
    byIds: store.byIds,
    update: store.update,
    create: async (next, facts) => (await store.create(next, facts)).aggregate,
    probeDue: (scope, now, limit) =>
      orUnavailable(async () => {
        const due = await store.model
          .find({ ...store.within(scope, 'probeDue'), nextProbeAt: { $lte: now } }, { _id: 1 })
          .sort({ nextProbeAt: 1 })
          .limit(limit)
          .lean();
        return due.map(({ _id }) => _id);
      }),
    openIds: (scope, limit) =>
      orUnavailable(async () => {
        const open = await store.model
          .find({ ...store.within(scope, 'openIds'), closedAt: null }, { _id: 1 })
          .sort({ createdAt: -1 })
          .limit(limit)
          .lean();
        return open.map(({ _id }) => _id);
      }),
  };
};
