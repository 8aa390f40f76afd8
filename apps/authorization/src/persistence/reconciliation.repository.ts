import { defineAggregateStore, frameOf, type Outbox, type Stored, type StoreIndex } from '@daikaifa/mongo';
import type { Connection, SchemaDefinition } from 'mongoose';
import type { Reconciliations } from '../application/authorization-ports';
import type { Reconciliation } from '../domain/reconciliation';
import { aggregatesOf } from './aggregates-of';
import { findDueIn } from './due';

type Fields = Pick<Reconciliation, 'templateId' | 'requestedBy' | 'planned' | 'afterId'> & {
  readonly nextAttemptAt?: Date | undefined;
};

const fields: SchemaDefinition = {
  templateId: { type: String, required: true },
  requestedBy: { type: String, required: true },
  planned: { type: Number, required: true },
  afterId: { type: String, default: '' },
  nextAttemptAt: { type: Date, required: false },
};

const indexes: readonly StoreIndex[] = [
  // pagesByTemplate()
  { keys: { templateId: 1, createdAt: -1, _id: -1 } },
  // findDue()
  { keys: { nextAttemptAt: 1 }, options: { sparse: true } },
];

const toDocument = (reconciliation: Reconciliation): Fields => ({
  templateId: reconciliation.templateId,
  requestedBy: reconciliation.requestedBy,
  planned: reconciliation.planned,
  afterId: reconciliation.afterId,
  nextAttemptAt: reconciliation.nextAttemptAt ?? undefined,
});

const toDomain = (document: Stored<Fields>): Reconciliation => ({
  ...frameOf(document),
  templateId: document.templateId,
  requestedBy: document.requestedBy,
  planned: document.planned,
  afterId: document.afterId,
  nextAttemptAt: document.nextAttemptAt ?? null,
});

export const createReconciliationRepository = (options: {
  readonly connection: Connection;
  readonly outbox: Outbox;
}): Reconciliations => {
  const store = defineAggregateStore<Reconciliation, never, Fields>({
    ...options,
    collection: 'reconciliations',
    fields,
    indexes,
    toDocument,
    toDomain,
  });
  return {
    ...aggregatesOf(store),
    pagesByTemplate: (scope, templateIds, request) =>
      store.pagesByParent(scope, { parentField: 'templateId', parentIds: templateIds }, request),
    findDue: findDueIn(store, 'nextAttemptAt'),
  };
};
