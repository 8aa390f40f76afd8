import { erasureRecordTopic, type ErasureRecordState } from '@daikaifa/contracts';
import { defineAggregateStore, frameOf, type Outbox, type Stored, type StoreIndex } from '@daikaifa/mongo';
import { Schema, type Connection, type SchemaDefinition } from 'mongoose';
import type { ErasureRecords } from '../application/authorization-ports';
import type { ErasureRecord } from '../domain/erasure-record';
import { aggregatesOf } from './aggregates-of';
import { findDueIn } from './due';

type Fields = Omit<ErasureRecord, 'id' | 'publisherId' | 'version' | 'createdAt' | 'updatedAt' | 'nextAttemptAt'> & {
  readonly nextAttemptAt?: Date | undefined;
};

const fields: SchemaDefinition = {
  templateId: { type: String, required: true },
  suiteId: { type: String, required: true },
  authorizationId: { type: String, required: true },
  epoch: { type: Number, required: true },
  cancelledAt: { type: Date, required: true },
  services: { type: [String], required: true },
  answers: { type: [Schema.Types.Mixed], required: true },
  dueAt: { type: Date, required: true },
  overdueSince: { type: Date, default: null },
  completedAt: { type: Date, default: null },
  kafkaEmptyAt: { type: Date, required: true },
  nextAttemptAt: { type: Date, required: false },
};

const indexes: readonly StoreIndex[] = [
  // pagesByAuthorization()
  { keys: { authorizationId: 1, createdAt: -1, _id: -1 } },
  // findDue()
  { keys: { nextAttemptAt: 1 }, options: { sparse: true } },
];

const toDocument = (record: ErasureRecord): Fields => ({
  templateId: record.templateId,
  suiteId: record.suiteId,
  authorizationId: record.authorizationId,
  epoch: record.epoch,
  cancelledAt: record.cancelledAt,
  services: record.services,
  answers: record.answers,
  dueAt: record.dueAt,
  overdueSince: record.overdueSince,
  completedAt: record.completedAt,
  kafkaEmptyAt: record.kafkaEmptyAt,
  nextAttemptAt: record.nextAttemptAt ?? undefined,
});

const toDomain = (document: Stored<Fields>): ErasureRecord => ({
  ...frameOf(document),
  templateId: document.templateId,
  suiteId: document.suiteId,
  authorizationId: document.authorizationId,
  epoch: document.epoch,
  cancelledAt: document.cancelledAt,
  services: document.services,
  answers: document.answers,
  dueAt: document.dueAt,
  overdueSince: document.overdueSince,
  completedAt: document.completedAt,
  kafkaEmptyAt: document.kafkaEmptyAt,
  nextAttemptAt: document.nextAttemptAt ?? null,
});

export const createErasureRecordRepository = (options: {
  readonly connection: Connection;
  readonly outbox: Outbox;
  readonly publicState: (record: ErasureRecord) => ErasureRecordState;
}): ErasureRecords => {
  const store = defineAggregateStore<ErasureRecord, ErasureRecordState, Fields>({
    ...options,
    collection: 'erasure_records',
    fields,
    indexes,
    toDocument,
    toDomain,
    topic: erasureRecordTopic,
    subjectAttributes: ({ suiteId, epoch }) => ({ suite: suiteId, epoch }),
  });
  return {
    ...aggregatesOf(store),
    pagesByAuthorization: (scope, authorizationIds, request) =>
      store.pagesByParent(scope, { parentField: 'authorizationId', parentIds: authorizationIds }, request),
    findDue: findDueIn(store, 'nextAttemptAt'),
  };
};
