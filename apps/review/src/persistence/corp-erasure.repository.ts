import { reviewErasureTopic, type ErasureState } from '@daikaifa/contracts';
import { defineAggregateStore, orUnavailable, type Outbox, type Stored } from '@daikaifa/mongo';
import { Schema, type Connection, type SchemaDefinition } from 'mongoose';
import type { Erasures } from '../application/ports';
import type { CorpErasure } from '../domain/corp-erasure';

type Fields = Pick<CorpErasure, 'authorizationId' | 'suiteId' | 'epoch' | 'erasedAt' | 'counts'>;

const fields: SchemaDefinition = {
  authorizationId: { type: String, required: true },
  suiteId: { type: String, required: true },
  epoch: { type: Number, required: true },
  erasedAt: { type: Date, required: true },
  counts: { type: Schema.Types.Mixed, default: null },
};

const toDocument = (erasure: CorpErasure): Fields => ({
  authorizationId: erasure.authorizationId,
  suiteId: erasure.suiteId,
  epoch: erasure.epoch,
  erasedAt: erasure.erasedAt,
  counts: erasure.counts,
});

const toDomain = (document: Stored<Fields>): CorpErasure => ({
  id: document._id,
  publisherId: document.tenant,
  version: document.version,
  createdAt: document.createdAt,
  updatedAt: document.updatedAt,
  authorizationId: document.authorizationId,
  suiteId: document.suiteId,
  epoch: document.epoch,
  erasedAt: document.erasedAt,
  counts: document.counts,
});

/** Tombstones of erased epochs; they stay. */
export const createCorpErasureRepository = (options: {
  readonly connection: Connection;
  readonly outbox: Outbox;
  readonly publicState: (erasure: CorpErasure) => ErasureState;
}): Erasures => {
  const store = defineAggregateStore<CorpErasure, ErasureState, Fields>({
    ...options,
    collection: 'corp_erasures',
    fields,
    // isErased().
    indexes: [{ keys: { authorizationId: 1, epoch: 1 }, options: { unique: true } }],
    toDocument,
    toDomain,
    topic: reviewErasureTopic,
    subjectAttributes: ({ suiteId, epoch }) => ({ suite: suiteId, epoch }),
  });
  return {
    create: async (next) => {
      await store.create(next, [], { key: next.id, fingerprint: next.id });
    },
    update: store.update,
    isErased: (scope, authorizationId, epoch) =>
      orUnavailable(async () => {
        const filter = { ...store.within(scope, 'isErased'), authorizationId, epoch: { $gte: epoch } };
        return (await store.model.exists(filter)) !== null;
      }),
  };
};
