import { publisherTopic, type PublisherState } from '@daikaifa/contracts';
import { defineAggregateStore, frameOf, type Outbox, type Stored, type StoreIndex } from '@daikaifa/mongo';
import { Schema, type Connection, type SchemaDefinition } from 'mongoose';
import type { Publishers } from '../application/ports';
import type { Publisher } from '../domain/publisher';

type PublisherFields = Pick<
  Publisher,
  'kind' | 'status' | 'name' | 'corpId' | 'ipWhitelist' | 'testCorps' | 'review'
>;

const fields: SchemaDefinition = {
  kind: { type: String, required: true },
  status: { type: String, required: true },
  name: { type: String, required: true },
  corpId: { type: String, required: true },
  ipWhitelist: { type: [String], required: true },
  testCorps: { type: [Schema.Types.Mixed], required: true },
  review: { type: Schema.Types.Mixed, required: true },
};

const indexes: readonly StoreIndex[] = [
  // create(): a corp is one publisher.
  { keys: { corpId: 1 }, options: { unique: true } },
];

const toDocument = (publisher: Publisher): PublisherFields => ({
  kind: publisher.kind,
  status: publisher.status,
  name: publisher.name,
  corpId: publisher.corpId,
  ipWhitelist: publisher.ipWhitelist,
  testCorps: publisher.testCorps,
  review: publisher.review,
});

const toDomain = (document: Stored<PublisherFields>): Publisher => ({
  ...frameOf(document),
  kind: document.kind,
  status: document.status,
  name: document.name,
  corpId: document.corpId,
  ipWhitelist: document.ipWhitelist,
  testCorps: document.testCorps,
  // Registered before there were working days: the hours count.
  review: { ...document.review, dueWorkingDays: document.review.dueWorkingDays ?? null },
});

export const createPublisherRepository = (options: {
  readonly connection: Connection;
  readonly outbox: Outbox;
  readonly publicState: (publisher: Publisher) => PublisherState;
}): Publishers => {
  const store = defineAggregateStore({
    ...options,
    collection: 'publishers',
    fields,
    indexes,
    toDocument,
    toDomain,
    topic: publisherTopic,
  });
  return {
    byId: store.byId,
    byIds: store.byIds,
    save: store.save,
    update: store.update,
    create: async (next, facts, idempotency) => (await store.create(next, facts, idempotency)).aggregate,
    page: (scope, request) => store.page(scope, {}, request),
  };
};
