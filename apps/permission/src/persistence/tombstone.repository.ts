import { permissionErasureTopic, type ErasureState } from '@daikaifa/contracts';
import { defineAggregateStore, type Outbox, type Stored } from '@daikaifa/mongo';
import { Schema, type Connection, type SchemaDefinition } from 'mongoose';
import type { Tombstones } from '../application/ports';
import type { Tombstone } from '../domain/erasure';

type Fields = Pick<Tombstone, 'authorizationId' | 'suiteId' | 'epoch' | 'erasedAt' | 'counts'>;

const fields: SchemaDefinition = {
  authorizationId: { type: String, required: true },
  suiteId: { type: String, required: true },
  epoch: { type: Number, required: true },
  erasedAt: { type: Date, required: true },
  counts: { type: Schema.Types.Mixed, default: null },
};

const toDomain = ({ _id, tenant, version, createdAt, updatedAt, ...state }: Stored<Fields>): Tombstone => ({
  id: _id,
  publisherId: tenant,
  version,
  createdAt,
  updatedAt,
  authorizationId: state.authorizationId,
  suiteId: state.suiteId,
  epoch: state.epoch,
  erasedAt: state.erasedAt,
  counts: state.counts,
});

/** One per epoch, found by its id; kept for ever. */
export const createTombstoneRepository = (options: {
  readonly connection: Connection;
  readonly outbox: Outbox;
  readonly publicState: (tombstone: Tombstone) => ErasureState;
}): Tombstones => {
  const store = defineAggregateStore<Tombstone, ErasureState, Fields>({
    ...options,
    collection: 'erasures',
    fields,
    indexes: [],
    toDocument: ({ authorizationId, suiteId, epoch, erasedAt, counts }) => ({
      authorizationId,
      suiteId,
      epoch,
      erasedAt,
      counts,
    }),
    toDomain,
    topic: permissionErasureTopic,
    subjectAttributes: ({ suiteId, epoch }) => ({ suite: suiteId, epoch }),
  });
  return {
    byId: store.byId,
    update: store.update,
    create: async (next, facts) =>
      (await store.create(next, facts, { key: `epoch:${next.id}`, fingerprint: next.id })).aggregate,
  };
};
