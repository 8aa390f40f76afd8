import {
  defineAggregateStore,
  frameOf,
  orUnavailable,
  type Outbox,
  type Stored,
  type StoreIndex,
} from '@daikaifa/mongo';
import type { Connection, SchemaDefinition } from 'mongoose';
import type { Cancellations } from '../application/authorization-ports';
import type { Cancellation } from '../domain/cancellation';
import { aggregatesOf } from './aggregates-of';
import { findDueIn } from './due';

type Fields = Pick<
  Cancellation,
  'templateId' | 'suiteId' | 'corpId' | 'causedAt' | 'status' | 'attempts' | 'keepUntil' | 'alarm'
> & { readonly nextAttemptAt?: Date | undefined };

const fields: SchemaDefinition = {
  templateId: { type: String, required: true },
  suiteId: { type: String, required: true },
  corpId: { type: String, default: '' },
  causedAt: { type: Date, required: true },
  status: { type: String, required: true },
  attempts: { type: Number, required: true },
  nextAttemptAt: { type: Date, required: false },
  keepUntil: { type: Date, required: true },
  alarm: { type: Boolean, required: true },
};

const indexes: readonly StoreIndex[] = [
  // findDue()
  { keys: { nextAttemptAt: 1 }, options: { sparse: true } },
  // findWaiting(), forgetCorp()
  { keys: { suiteId: 1, corpId: 1, status: 1 } },
];

const toDocument = (cancellation: Cancellation): Fields => ({
  templateId: cancellation.templateId,
  suiteId: cancellation.suiteId,
  corpId: cancellation.corpId,
  causedAt: cancellation.causedAt,
  status: cancellation.status,
  attempts: cancellation.attempts,
  nextAttemptAt: cancellation.nextAttemptAt ?? undefined,
  keepUntil: cancellation.keepUntil,
  alarm: cancellation.alarm,
});

const toDomain = (document: Stored<Fields>): Cancellation => ({
  ...frameOf(document),
  templateId: document.templateId,
  suiteId: document.suiteId,
  corpId: document.corpId,
  causedAt: document.causedAt,
  status: document.status,
  attempts: document.attempts,
  nextAttemptAt: document.nextAttemptAt ?? null,
  keepUntil: document.keepUntil,
  alarm: document.alarm,
});

export const createCancellationRepository = (options: {
  readonly connection: Connection;
  readonly outbox: Outbox;
}): Cancellations => {
  const store = defineAggregateStore<Cancellation, never, Fields>({
    ...options,
    collection: 'cancellations',
    fields,
    indexes,
    toDocument,
    toDomain,
  });
  return {
    ...aggregatesOf(store),
    findDue: findDueIn(store, 'nextAttemptAt'),
    forgetCorp: (scope, corp) =>
      orUnavailable(async () => {
        const ended = { ...store.within(scope, 'forgetCorp'), ...corp, status: { $ne: 'WAITING' } };
        const { modifiedCount } = await store.model.updateMany(ended as object, {
          $set: { corpId: '' },
          $inc: { version: 1 },
        } as object);
        return modifiedCount;
      }),
    findWaiting: (scope, { suiteId, corpId }) =>
      orUnavailable(async () => {
        const filter = { ...store.within(scope, 'findWaiting'), suiteId, corpId, status: 'WAITING' };
        const found = await store.model.find(filter as object, { _id: 1 }).lean();
        return found.map(({ _id }) => _id);
      }),
  };
};
