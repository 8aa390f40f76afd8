import { suiteTopic, type SuiteState } from '@daikaifa/contracts';
import {
  defineAggregateStore,
  frameOf,
  orUnavailable,
  type Outbox,
  type Stored,
  type StoreIndex,
} from '@daikaifa/mongo';
import { Schema, type Connection, type SchemaDefinition } from 'mongoose';
import type { SuiteCredentialsStore } from '../application/ports';
import type { SuiteCredentials } from '../domain/suite-credentials';
import { aggregatesOf } from './aggregates-of';

type Fields = Pick<
  SuiteCredentials,
  | 'generation'
  | 'suiteId'
  | 'sealedSecret'
  | 'recordedAt'
  | 'recordedBy'
  | 'ticket'
  | 'ticketState'
  | 'confirmedAt'
  | 'lastError'
> & { readonly ticketReceivedAt: Date | null };

const fields: SchemaDefinition = {
  generation: { type: Number, required: true },
  suiteId: { type: String, required: true },
  sealedSecret: { type: String, required: true },
  recordedAt: { type: Date, required: true },
  recordedBy: { type: String, required: true },
  ticket: { type: Schema.Types.Mixed, default: null },
  /** `ticket.receivedAt` again, for the watch. */
  ticketReceivedAt: { type: Date, default: null },
  ticketState: { type: String, required: true },
  confirmedAt: { type: Date, default: null },
  lastError: { type: Schema.Types.Mixed, default: null },
};

const indexes: readonly StoreIndex[] = [
  // bySuiteId(), and create(): a suite belongs to one template.
  { keys: { suiteId: 1 }, options: { unique: true } },
  // findStale()
  { keys: { ticketState: 1, ticketReceivedAt: 1 } },
];

const toDocument = (suite: SuiteCredentials): Fields => ({
  generation: suite.generation,
  suiteId: suite.suiteId,
  sealedSecret: suite.sealedSecret,
  recordedAt: suite.recordedAt,
  recordedBy: suite.recordedBy,
  ticket: suite.ticket,
  ticketReceivedAt: suite.ticket?.receivedAt ?? null,
  ticketState: suite.ticketState,
  confirmedAt: suite.confirmedAt,
  lastError: suite.lastError,
});

const toDomain = (document: Stored<Fields>): SuiteCredentials => ({
  ...frameOf(document),
  generation: document.generation,
  suiteId: document.suiteId,
  sealedSecret: document.sealedSecret,
  recordedAt: document.recordedAt,
  recordedBy: document.recordedBy,
  ticket: document.ticket,
  ticketState: document.ticketState,
  confirmedAt: document.confirmedAt,
  lastError: document.lastError,
});

export const createSuiteCredentialsRepository = (options: {
  readonly connection: Connection;
  readonly outbox: Outbox;
  readonly publicState: (suite: SuiteCredentials) => SuiteState;
}): SuiteCredentialsStore => {
  const store = defineAggregateStore<SuiteCredentials, SuiteState, Fields>({
    ...options,
    collection: 'suites',
    fields,
    indexes,
    toDocument,
    toDomain,
    topic: suiteTopic,
  });
  return {
    ...aggregatesOf(store),
    bySuiteId: (scope, suiteId) =>
      orUnavailable(async () => {
        const found = await store.model.findOne({ ...store.within(scope, 'bySuiteId'), suiteId }, { outbox: 0 }).lean();
        return found === null ? null : store.toDomain(found as Stored<Fields>);
      }),
    findStale: (scope, receivedBefore, limit) =>
      orUnavailable(async () => {
        const found = await store.model
          .find(
            { ...store.within(scope, 'findStale'), ticketState: 'FRESH', ticketReceivedAt: { $lt: receivedBefore } },
            { _id: 1 },
          )
          .sort({ ticketReceivedAt: 1 })
          .limit(limit)
          .lean();
        return found.map(({ _id }) => _id);
      }),
  };
};
