import {
  defineAggregateStore,
  frameOf,
  orUnavailable,
  type Outbox,
  type Stored,
  type StoreIndex,
} from '@daikaifa/mongo';
import { Schema, type Connection, type SchemaDefinition } from 'mongoose';
import type { SubmissionBatches } from '../application/ports';
import type { SubmissionBatch } from '../domain/batch';

type BatchFields = Pick<SubmissionBatch, 'templateId' | 'corpAppIds' | 'submittedBy' | 'state' | 'warnings'>;

const fields: SchemaDefinition = {
  templateId: { type: String, required: true },
  corpAppIds: { type: [String], required: true },
  submittedBy: { type: String, required: true },
  state: { type: String, required: true },
  warnings: { type: [Schema.Types.Mixed], required: true },
};

const indexes: readonly StoreIndex[] = [
  // findStuck(): what has not moved for the longest time first.
  { keys: { state: 1, updatedAt: 1 } },
];

const toDocument = ({ templateId, corpAppIds, submittedBy, state, warnings }: SubmissionBatch): BatchFields => ({
  templateId,
  corpAppIds,
  submittedBy,
  state,
  warnings,
});

const toDomain = (document: Stored<BatchFields>): SubmissionBatch => ({
  ...frameOf(document),
  templateId: document.templateId,
  corpAppIds: document.corpAppIds,
  submittedBy: document.submittedBy,
  state: document.state,
  warnings: document.warnings,
});

export const createBatchRepository = (options: {
  readonly connection: Connection;
  readonly outbox: Outbox;
}): SubmissionBatches => {
  const store = defineAggregateStore<SubmissionBatch, never, BatchFields>({
    ...options,
    collection: 'submission_batches',
    fields,
    indexes,
    toDocument,
    toDomain,
  });
  return {
    update: store.update,
    findCreated: store.findCreated,
    create: async (next, idempotency) => {
      const { aggregate, created } = await store.create(next, [], idempotency);
      return { batch: aggregate, created };
    },
    findStuck: (scope, states, before, limit) =>
      orUnavailable(async () => {
        const stuck = { state: { $in: [...states] }, updatedAt: { $lt: before } };
        const found = await store.model
          .find({ ...store.within(scope, 'findStuck'), ...stuck }, { outbox: 0 })
          .sort({ updatedAt: 1 })
          .limit(limit)
          .lean();
        return found.map((document) => toDomain(document as unknown as Stored<BatchFields>));
      }),
  };
};
