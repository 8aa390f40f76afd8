import { destinationTopic, type DestinationState } from '@daikaifa/contracts';
import { defineAggregateStore, frameOf, orUnavailable, type Outbox, type Stored } from '@daikaifa/mongo';
import type { Scope } from '@daikaifa/kernel';
import type { Connection } from 'mongoose';
import type { Destinations } from '../application/delivery-ports';
import type { Destination, DisabledReason } from '../domain/destination';
import { destinationFields, destinationIndexes } from './destination.schema';

type DestinationFields = Omit<Destination, 'id' | 'publisherId' | 'version' | 'createdAt' | 'updatedAt'>;

const toDocument = (destination: Destination): DestinationFields => ({
  name: destination.name,
  url: destination.url,
  eventTypes: destination.eventTypes,
  filter: destination.filter,
  concurrency: destination.concurrency,
  perSecond: destination.perSecond,
  state: destination.state,
  disabledReason: destination.disabledReason,
  secret: destination.secret,
  previousSecret: destination.previousSecret,
  rotations: destination.rotations,
  activatedAt: destination.activatedAt,
  stoppedAt: destination.stoppedAt,
  verification: destination.verification,
});

const toDomain = (document: Stored<DestinationFields>): Destination => ({
  ...frameOf(document),
  name: document.name,
  url: document.url,
  eventTypes: document.eventTypes,
  filter: document.filter,
  concurrency: document.concurrency,
  perSecond: document.perSecond,
  state: document.state,
  disabledReason: document.disabledReason,
  secret: document.secret,
  previousSecret: document.previousSecret,
  rotations: document.rotations,
  activatedAt: document.activatedAt,
  stoppedAt: document.stoppedAt,
  verification: document.verification,
});

const STOPPED_BY_ITSELF: readonly DisabledReason[] = ['GONE_410', 'FAILING'];

const within = (scope: Scope, publisherIds: readonly string[]): readonly string[] =>
  scope.kind === 'platform' ? publisherIds : publisherIds.filter((id) => scope.publisherIds.includes(id));

export const createDestinationRepository = (options: {
  readonly connection: Connection;
  readonly outbox: Outbox;
  readonly publicState: (destination: Destination) => DestinationState;
}): Destinations => {
  const store = defineAggregateStore<Destination, DestinationState, DestinationFields>({
    ...options,
    collection: 'destinations',
    fields: destinationFields,
    indexes: destinationIndexes,
    toDocument,
    toDomain,
    topic: destinationTopic,
  });
  return {
    byId: store.byId,
    byIds: store.byIds,
    create: store.create,
    findCreated: store.findCreated,
    save: store.save,
    update: store.update,
    countOf: (tenant) =>
      orUnavailable(() => store.model.countDocuments({ tenant, state: { $ne: 'DELETED' } })),
    countStopped: () =>
      orUnavailable(() => store.model.countDocuments({ disabledReason: { $in: [...STOPPED_BY_ITSELF] } })),
    listening: (tenant) =>
      orUnavailable(async () => {
        const found = await store.model
          .find({ tenant, state: { $ne: 'DELETED' }, activatedAt: { $ne: null } }, { outbox: 0 })
          .lean();
        return found.map((document) => toDomain(document as unknown as Stored<DestinationFields>));
      }),
    // The parent is the tenant itself, so the scope is kept by asking only for publishers that are in it.
    pagesByPublisher: (scope, publisherIds, states, request) =>
      store.pagesByParent(
        scope,
        {
          parentField: 'tenant',
          parentIds: within(scope, publisherIds),
          filter: { state: states.length > 0 ? { $in: [...states] } : { $ne: 'DELETED' } },
        },
        request,
      ),
  };
};
