import type { ErasureState, StateTopic } from '@daikaifa/contracts';
import type { ErasureCounts, Tombstone, Tombstones } from '@daikaifa/kernel';
import { Schema, type Connection, type SchemaDefinition } from 'mongoose';
import { frameOf } from './aggregate-schema';
import { defineAggregateStore, type Stored } from './aggregate-store';
import { orUnavailable } from './mongo-fault';
import type { Outbox } from './outbox';

type Fields = Pick<Tombstone, 'authorizationId' | 'suiteId' | 'epoch' | 'counts'>;

const fields: SchemaDefinition = {
  authorizationId: { type: String, required: true },
  suiteId: { type: String, required: true },
  epoch: { type: Number, required: true },
  counts: { type: Schema.Types.Mixed, default: null },
};

const toDocument = ({ authorizationId, suiteId, epoch, counts }: Tombstone): Fields => ({
  authorizationId,
  suiteId,
  epoch,
  counts,
});

/** Counts without a kind were stored before anything had been looked for. */
const countsOf = (counts: ErasureCounts | null): ErasureCounts | null =>
  counts === null || Object.keys(counts).length === 0 ? null : counts;

const toDomain = (document: Stored<Fields>): Tombstone => ({
  ...frameOf(document),
  authorizationId: document.authorizationId,
  suiteId: document.suiteId,
  epoch: document.epoch,
  counts: countsOf(document.counts),
});

/** Tombstones of cancelled epochs, one per epoch, kept for ever. What they count is published on `topic`. */
export const createTombstones = ({
  topic,
  ...options
}: {
  readonly connection: Connection;
  readonly outbox: Outbox;
  readonly collection: string;
  readonly topic: StateTopic<ErasureState>;
}): Tombstones => {
  const store = defineAggregateStore<Tombstone, ErasureState, Fields>({
    ...options,
    fields,
    // isErased()
    indexes: [{ keys: { authorizationId: 1, epoch: 1 }, options: { unique: true } }],
    toDocument,
    toDomain,
    topic,
    publicState: ({ id, publisherId, authorizationId, suiteId, epoch, createdAt, counts }) => ({
      id,
      publisherId,
      service: topic.producer,
      authorizationId,
      suiteId,
      epoch,
      erasedAt: createdAt.toISOString(),
      counts: { ...counts },
    }),
    subjectAttributes: ({ suiteId, epoch }) => ({ suite: suiteId, epoch }),
  });
  return {
    service: topic.producer,
    byId: store.byId,
    createOnce: store.createOnce,
    update: store.update,
    isErased: (scope, authorizationId, epoch) =>
      orUnavailable(async () => {
        const filter = { ...store.within(scope, 'isErased'), authorizationId, epoch: { $gte: epoch } };
        return (await store.model.exists(filter)) !== null;
      }),
  };
};
