import { callbackErasureTopic, type ErasureState } from '@daikaifa/contracts';
import { defineAggregateStore, type Outbox, type Stored } from '@daikaifa/mongo';
import { Schema, type Connection } from 'mongoose';
import type { Erasures } from '../application/ports';
import type { Erasure } from '../domain/erasure';

type ErasureFields = Pick<Erasure, 'authorizationId' | 'suiteId' | 'epoch' | 'erasedAt' | 'counts'>;

const toDocument = ({ authorizationId, suiteId, epoch, erasedAt, counts }: Erasure): ErasureFields => ({
  authorizationId,
  suiteId,
  epoch,
  erasedAt,
  counts,
});

const toDomain = (document: Stored<ErasureFields>): Erasure => ({
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

/** Found by id only. */
export const createErasureRepository = (options: {
  readonly connection: Connection;
  readonly outbox: Outbox;
  readonly publicState: (erasure: Erasure) => ErasureState;
}): Erasures => {
  const store = defineAggregateStore<Erasure, ErasureState, ErasureFields>({
    ...options,
    collection: 'erasures',
    fields: {
      authorizationId: { type: String, required: true },
      suiteId: { type: String, required: true },
      epoch: { type: Number, required: true },
      erasedAt: { type: Date, required: true },
      counts: { type: Schema.Types.Mixed, default: {} },
    },
    indexes: [],
    toDocument,
    toDomain,
    topic: callbackErasureTopic,
    subjectAttributes: ({ suiteId, epoch }) => ({ suite: suiteId, epoch }),
  });
  return {
    byId: store.byId,
    update: store.update,
    create: async (next, facts) => (await store.create(next, facts)).aggregate,
  };
};
