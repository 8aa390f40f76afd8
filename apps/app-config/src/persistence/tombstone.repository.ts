import { appConfigErasureTopic, type ErasureState } from '@daikaifa/contracts';
import { defineAggregateStore, type Outbox, type Stored } from '@daikaifa/mongo';
import { Schema, type Connection, type SchemaDefinition } from 'mongoose';
import type { Tombstones } from '../application/ports';
import type { Tombstone } from '../domain/tombstone';
import { onceBy } from './create-once';

type TombstoneFields = Pick<Tombstone, 'authorizationId' | 'suiteId' | 'epoch' | 'counts'>;

const fields: SchemaDefinition = {
  authorizationId: { type: String, required: true },
  suiteId: { type: String, required: true },
  epoch: { type: Number, required: true },
  counts: { type: Schema.Types.Mixed, required: true },
};

const toDocument = ({ authorizationId, suiteId, epoch, counts }: Tombstone): TombstoneFields => ({
  authorizationId,
  suiteId,
  epoch,
  counts,
});

const toDomain = (document: Stored<TombstoneFields>): Tombstone => ({
  id: document._id,
  publisherId: document.tenant,
  version: document.version,
  createdAt: document.createdAt,
  updatedAt: document.updatedAt,
  authorizationId: document.authorizationId,
  suiteId: document.suiteId,
  epoch: document.epoch,
  counts: document.counts,
});

/** Found by their derived ids; no other index is needed. */
export const createTombstoneRepository = (options: {
  readonly connection: Connection;
  readonly outbox: Outbox;
  readonly publicState: (tombstone: Tombstone) => ErasureState;
}): Tombstones => {
  const store = defineAggregateStore<Tombstone, ErasureState, TombstoneFields>({
    ...options,
    collection: 'tombstones',
    fields,
    indexes: [],
    toDocument,
    toDomain,
    topic: appConfigErasureTopic,
    subjectAttributes: ({ suiteId, epoch }) => ({ suite: suiteId, epoch }),
  });
  return { byId: store.byId, update: store.update, createOnce: onceBy(store) };
};
