import { defineAggregateStore, frameOf, type Outbox, type Stored, type StoreIndex } from '@daikaifa/mongo';
import type { Connection, SchemaDefinition } from 'mongoose';
import type { TokenDoorJournal } from '../application/ports';
import type { TokenDoorEntry } from '../domain/token-door-entry';

type Fields = Pick<TokenDoorEntry, 'authorizationId' | 'epoch' | 'subject' | 'outcome' | 'forgetAt'>;

const fields: SchemaDefinition = {
  authorizationId: { type: String, required: true },
  epoch: { type: Number, required: true },
  subject: { type: String, required: true },
  outcome: { type: String, required: true },
  forgetAt: { type: Date, required: true },
};

const indexes: readonly StoreIndex[] = [
  // page() of one authorization
  { keys: { authorizationId: 1, createdAt: -1, _id: -1 } },
  { keys: { forgetAt: 1 }, options: { expireAfterSeconds: 0 } },
];

const toDocument = ({ authorizationId, epoch, subject, outcome, forgetAt }: TokenDoorEntry): Fields => ({
  ...{ authorizationId, epoch, subject, outcome, forgetAt },
});

const toDomain = (document: Stored<Fields>): TokenDoorEntry => ({
  ...frameOf(document),
  authorizationId: document.authorizationId,
  epoch: document.epoch,
  subject: document.subject,
  outcome: document.outcome,
  forgetAt: document.forgetAt,
});

/** Written once, never changed, and forgotten by the database itself. */
export const createTokenDoorJournal = (options: {
  readonly connection: Connection;
  readonly outbox: Outbox;
}): TokenDoorJournal => {
  const store = defineAggregateStore<TokenDoorEntry, never, Fields>({
    ...options,
    collection: 'token_door_entries',
    fields,
    indexes,
    toDocument,
    toDomain,
  });
  return {
    write: async (entry) => {
      await store.create(entry, []);
    },
    page: (scope, { authorizationId }, request) =>
      store.page(scope, { filter: authorizationId === undefined ? {} : { authorizationId } }, request),
  };
};
