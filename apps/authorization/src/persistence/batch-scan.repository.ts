import { defineAggregateStore, frameOf, type Outbox, type Stored, type StoreIndex } from '@daikaifa/mongo';
import { Schema, type Connection, type SchemaDefinition } from 'mongoose';
import type { BatchScans } from '../application/authorization-ports';
import type { BatchScan } from '../domain/batch-scan';
import { aggregatesOf } from './aggregates-of';
import { findDueIn } from './due';

type Fields = Omit<BatchScan, 'id' | 'publisherId' | 'version' | 'createdAt' | 'updatedAt' | 'nextAttemptAt'> & {
  readonly nextAttemptAt?: Date | undefined;
};

const fields: SchemaDefinition = {
  linkId: { type: String, required: true },
  round: { type: Number, required: true },
  templateIds: { type: [String], required: true },
  answers: { type: [Schema.Types.Mixed], required: true },
  startedAt: { type: Date, required: true },
  missing: { type: [String], required: true },
  alarmedAt: { type: Date, default: null },
  nextAttemptAt: { type: Date, required: false },
};

const indexes: readonly StoreIndex[] = [
  // pagesByLink()
  { keys: { linkId: 1, createdAt: -1, _id: -1 } },
  // findDue()
  { keys: { nextAttemptAt: 1 }, options: { sparse: true } },
];

const toDocument = (scan: BatchScan): Fields => ({
  linkId: scan.linkId,
  round: scan.round,
  templateIds: scan.templateIds,
  answers: scan.answers,
  startedAt: scan.startedAt,
  missing: scan.missing,
  alarmedAt: scan.alarmedAt,
  nextAttemptAt: scan.nextAttemptAt ?? undefined,
});

const toDomain = (document: Stored<Fields>): BatchScan => ({
  ...frameOf(document),
  linkId: document.linkId,
  round: document.round,
  templateIds: document.templateIds,
  answers: document.answers,
  startedAt: document.startedAt,
  missing: document.missing,
  alarmedAt: document.alarmedAt,
  nextAttemptAt: document.nextAttemptAt ?? null,
});

export const createBatchScanRepository = (options: {
  readonly connection: Connection;
  readonly outbox: Outbox;
}): BatchScans => {
  const store = defineAggregateStore<BatchScan, never, Fields>({
    ...options,
    collection: 'batch_scans',
    fields,
    indexes,
    toDocument,
    toDomain,
  });
  return {
    ...aggregatesOf(store),
    pagesByLink: (scope, linkIds, request) =>
      store.pagesByParent(scope, { parentField: 'linkId', parentIds: linkIds }, request),
    findDue: findDueIn(store, 'nextAttemptAt'),
  };
};
