import {
  defineAggregateStore,
  frameOf,
  orUnavailable,
  type Outbox,
  type Stored,
  type StoreIndex,
} from '@daikaifa/mongo';
import { Schema, type Connection, type SchemaDefinition } from 'mongoose';
import type { Exchanges } from '../application/authorization-ports';
import type { Exchange } from '../domain/exchange';
import { aggregatesOf } from './aggregates-of';
import { findDueIn } from './due';

type Fields = Omit<Exchange, 'id' | 'publisherId' | 'version' | 'createdAt' | 'updatedAt' | 'nextAttemptAt'> & {
  readonly nextAttemptAt?: Date | undefined;
};

const fields: SchemaDefinition = {
  templateId: { type: String, required: true },
  suiteId: { type: String, required: true },
  source: { type: String, required: true },
  linkState: { type: String, default: null },
  causedAt: { type: Date, required: true },
  expiresAt: { type: Date, required: true },
  status: { type: String, required: true },
  failure: { type: String, default: null },
  attempts: { type: Number, required: true },
  attemptStartedAt: { type: Date, default: null },
  earlierAttemptOpen: { type: Boolean, required: true },
  sealedCode: { type: String, default: null },
  sealedAnswer: { type: String, default: null },
  errcode: { type: Number, default: null },
  errorText: { type: Schema.Types.Mixed, default: null },
  nextAttemptAt: { type: Date, required: false },
  authorizationId: { type: String, default: null },
  endedAt: { type: Date, default: null },
};

const indexes: readonly StoreIndex[] = [
  // pagesByTemplate()
  { keys: { templateId: 1, createdAt: -1, _id: -1 } },
  // findDue()
  { keys: { nextAttemptAt: 1 }, options: { sparse: true } },
  // hasOpen()
  {
    keys: { suiteId: 1, nextAttemptAt: 1 },
    options: { partialFilterExpression: { nextAttemptAt: { $exists: true } } },
  },
];

const toDocument = (exchange: Exchange): Fields => ({
  templateId: exchange.templateId,
  suiteId: exchange.suiteId,
  source: exchange.source,
  linkState: exchange.linkState,
  causedAt: exchange.causedAt,
  expiresAt: exchange.expiresAt,
  status: exchange.status,
  failure: exchange.failure,
  attempts: exchange.attempts,
  attemptStartedAt: exchange.attemptStartedAt,
  earlierAttemptOpen: exchange.earlierAttemptOpen,
  sealedCode: exchange.sealedCode,
  sealedAnswer: exchange.sealedAnswer,
  errcode: exchange.errcode,
  errorText: exchange.errorText,
  nextAttemptAt: exchange.nextAttemptAt ?? undefined,
  authorizationId: exchange.authorizationId,
  endedAt: exchange.endedAt,
});

const toDomain = (document: Stored<Fields>): Exchange => ({
  ...frameOf(document),
  templateId: document.templateId,
  suiteId: document.suiteId,
  source: document.source,
  linkState: document.linkState,
  causedAt: document.causedAt,
  expiresAt: document.expiresAt,
  status: document.status,
  failure: document.failure,
  attempts: document.attempts,
  attemptStartedAt: document.attemptStartedAt,
  earlierAttemptOpen: document.earlierAttemptOpen,
  sealedCode: document.sealedCode,
  sealedAnswer: document.sealedAnswer,
  errcode: document.errcode,
  errorText: document.errorText,
  nextAttemptAt: document.nextAttemptAt ?? null,
  authorizationId: document.authorizationId,
  endedAt: document.endedAt,
});

export const createExchangeRepository = (options: {
  readonly connection: Connection;
  readonly outbox: Outbox;
}): Exchanges => {
  const store = defineAggregateStore<Exchange, never, Fields>({
    ...options,
    collection: 'exchanges',
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
    forgetContent: (scope, ids) =>
      orUnavailable(async () => {
        const { matchedCount } = await store.model.updateMany(
          { ...store.within(scope, 'forgetContent'), _id: { $in: [...ids] } } as object,
          { $set: { sealedCode: null, sealedAnswer: null, linkState: null }, $inc: { version: 1 } } as object,
        );
        return matchedCount;
      }),
    hasOpen: (scope, suiteId) =>
      orUnavailable(async () => {
        const filter = { ...store.within(scope, 'hasOpen'), suiteId, nextAttemptAt: { $exists: true } };
        return (await store.model.findOne(filter as object, { _id: 1 }).lean()) !== null;
      }),
  };
};
