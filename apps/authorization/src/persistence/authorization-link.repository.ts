import {
  defineAggregateStore,
  frameOf,
  orUnavailable,
  type Outbox,
  type Stored,
  type StoreIndex,
} from '@daikaifa/mongo';
import { Schema, type Connection, type SchemaDefinition } from 'mongoose';
import type { AuthorizationLinks } from '../application/ports';
import type { AuthorizationLink } from '../domain/authorization-link';
import { aggregatesOf } from './aggregates-of';
import { findDueIn } from './due';

type Fields = Pick<
  AuthorizationLink,
  | 'templateIds'
  | 'edition'
  | 'kind'
  | 'renews'
  | 'state'
  | 'source'
  | 'url'
  | 'stateParameter'
  | 'expiresAt'
  | 'attempts'
  | 'lastError'
> & { readonly nextAttemptAt?: Date | undefined };

const fields: SchemaDefinition = {
  templateIds: { type: [String], required: true },
  edition: { type: Number, required: true },
  kind: { type: String, required: true },
  renews: { type: Boolean, required: true },
  state: { type: String, required: true },
  source: { type: String, required: true },
  url: { type: String, default: null },
  stateParameter: { type: String, required: true },
  expiresAt: { type: Date, default: null },
  attempts: { type: Number, required: true },
  nextAttemptAt: { type: Date, required: false },
  lastError: { type: Schema.Types.Mixed, default: null },
};

const indexes: readonly StoreIndex[] = [
  // byStateParameter(), and create(): what comes back with an installation names one link of the publisher.
  { keys: { tenant: 1, stateParameter: 1 }, options: { unique: true } },
  // pagesByTemplate(), findOpenOfTemplate()
  { keys: { templateIds: 1, createdAt: -1, _id: -1 } },
  // page(): the links of a publisher of one kind, newest first.
  { keys: { tenant: 1, kind: 1, createdAt: -1, _id: -1 } },
  // findDue()
  { keys: { nextAttemptAt: 1 }, options: { sparse: true } },
  // findWaiting()
  { keys: { tenant: 1, nextAttemptAt: 1 } },
];

const toDocument = (link: AuthorizationLink): Fields => ({
  templateIds: link.templateIds,
  edition: link.edition,
  kind: link.kind,
  renews: link.renews,
  state: link.state,
  source: link.source,
  url: link.url,
  stateParameter: link.stateParameter,
  expiresAt: link.expiresAt,
  attempts: link.attempts,
  nextAttemptAt: link.nextAttemptAt ?? undefined,
  lastError: link.lastError,
});

const toDomain = (document: Stored<Fields>): AuthorizationLink => ({
  ...frameOf(document),
  templateIds: document.templateIds,
  edition: document.edition,
  kind: document.kind,
  renews: document.renews,
  state: document.state,
  source: document.source,
  url: document.url,
  stateParameter: document.stateParameter,
  expiresAt: document.expiresAt,
  attempts: document.attempts,
  nextAttemptAt: document.nextAttemptAt ?? null,
  lastError: document.lastError,
});

export const createAuthorizationLinkRepository = (options: {
  readonly connection: Connection;
  readonly outbox: Outbox;
}): AuthorizationLinks => {
  const store = defineAggregateStore<AuthorizationLink, never, Fields>({
    ...options,
    collection: 'authorization_links',
    fields,
    indexes,
    toDocument,
    toDomain,
  });
  return {
    ...aggregatesOf(store),
    pagesByTemplate: (scope, templateIds, request) =>
      store.pagesByParent(scope, { parentField: 'templateIds', parentIds: templateIds }, request),
    page: (scope, { kind }, request) => store.page(scope, { filter: kind === undefined ? {} : { kind } }, request),
    findOpenOfTemplate: (scope, templateId) =>
      orUnavailable(async () => {
        const open = { ...store.within(scope, 'findOpenOfTemplate'), templateIds: templateId, state: { $ne: 'REVOKED' } };
        const found = await store.model.find(open as object, { _id: 1 }).lean();
        return found.map(({ _id }) => _id);
      }),
    byStateParameter: (scope, stateParameter) =>
      orUnavailable(async () => {
        const found = await store.model
          .findOne({ ...store.within(scope, 'byStateParameter'), stateParameter }, { outbox: 0 })
          .lean();
        return found === null ? null : store.toDomain(found as Stored<Fields>);
      }),
    findDue: findDueIn(store, 'nextAttemptAt'),
    findWaiting: (scope, limit) =>
      orUnavailable(async () => {
        const found = await store.model
          .find(
            {
              ...store.within(scope, 'findWaiting'),
              nextAttemptAt: { $exists: true },
              $or: [{ state: { $ne: 'ACTIVE' } }, { lastError: { $ne: null } }],
            },
            { _id: 1 },
          )
          .sort({ nextAttemptAt: 1 })
          .limit(limit)
          .lean();
        return found.map(({ _id }) => _id);
      }),
  };
};
