import { authorizationTopic, type AuthorizationState } from '@daikaifa/contracts';
import {
  defineAggregateStore,
  frameOf,
  orUnavailable,
  type Outbox,
  type Stored,
  type StoreIndex,
} from '@daikaifa/mongo';
import { Schema, type Connection, type SchemaDefinition } from 'mongoose';
import type { AuthorizationFilter, Authorizations } from '../application/authorization-ports';
import { lastEpoch, statusOf, type Authorization, type AuthorizationStatus, type RereadPlan } from '../domain/authorization';
import { aggregatesOf } from './aggregates-of';
import { findDueIn } from './due';

/** `status` is derived, for the list filter; of the plan the due date is a field of its own, for the sweep. */
type Fields = Pick<Authorization, 'templateId' | 'suiteId' | 'corpId' | 'corp' | 'epochs' | 'lastReadAt' | 'lastChangeSeenAt'> & {
  readonly status: AuthorizationStatus;
  readonly rereadDueAt?: Date | undefined;
  readonly reread: Omit<RereadPlan, 'dueAt'>;
};

/** Epochs are stored as the domain has them: nothing inside of them is ever queried. */
const fields: SchemaDefinition = {
  templateId: { type: String, required: true },
  suiteId: { type: String, required: true },
  corpId: { type: String, required: true },
  status: { type: String, required: true },
  corp: { type: Schema.Types.Mixed, default: null },
  epochs: { type: [Schema.Types.Mixed], required: true },
  rereadDueAt: { type: Date, required: false },
  reread: { type: Schema.Types.Mixed, required: true },
  lastReadAt: { type: Date, default: null },
  lastChangeSeenAt: { type: Date, default: null },
};

const indexes: readonly StoreIndex[] = [
  // page(): the authorizations of a publisher in one status, newest first.
  { keys: { tenant: 1, status: 1, createdAt: -1, _id: -1 } },
  // pagesByTemplate(), and page() of one template: in one status, and in any.
  { keys: { templateId: 1, status: 1, createdAt: -1, _id: -1 } },
  { keys: { templateId: 1, createdAt: -1, _id: -1 } },
  // findActive(), countReads()
  { keys: { templateId: 1, status: 1, _id: 1 } },
  // byCorps()
  { keys: { corpId: 1 } },
  // findDue()
  { keys: { rereadDueAt: 1 }, options: { sparse: true } },
];

const toDocument = (authorization: Authorization): Fields => {
  const { dueAt, ...reread } = authorization.reread;
  return {
    templateId: authorization.templateId,
    suiteId: authorization.suiteId,
    corpId: authorization.corpId,
    status: statusOf(authorization),
    corp: authorization.corp,
    epochs: authorization.epochs,
    rereadDueAt: dueAt ?? undefined,
    reread,
    lastReadAt: authorization.lastReadAt,
    lastChangeSeenAt: authorization.lastChangeSeenAt,
  };
};

const toDomain = (document: Stored<Fields>): Authorization => ({
  ...frameOf(document),
  templateId: document.templateId,
  suiteId: document.suiteId,
  corpId: document.corpId,
  corp: document.corp,
  epochs: document.epochs.map((epoch) => ({
    ...epoch,
    replacedPermanentCode: epoch.replacedPermanentCode ?? null,
    destroyed: epoch.destroyed ?? null,
    environmentBasis: epoch.environmentBasis ?? (epoch.environment === 'TEST' ? 'LIST' : 'UNDECIDED'),
    environmentMark: epoch.environmentMark ?? null,
    observation: { ...epoch.observation, expiries: epoch.observation.expiries ?? null },
  })),
  reread: { ...document.reread, launch: document.reread.launch ?? null, dueAt: document.rereadDueAt ?? null },
  lastReadAt: document.lastReadAt ?? null,
  lastChangeSeenAt: document.lastChangeSeenAt ?? null,
});

const withStatus = ({ status }: AuthorizationFilter): Record<string, unknown> => (status === undefined ? {} : { status });

export const createAuthorizationRepository = (options: {
  readonly connection: Connection;
  readonly outbox: Outbox;
  readonly publicState: (authorization: Authorization) => AuthorizationState;
}): Authorizations => {
  const store = defineAggregateStore<Authorization, AuthorizationState, Fields>({
    ...options,
    collection: 'authorizations',
    fields,
    indexes,
    toDocument,
    toDomain,
    topic: authorizationTopic,
    subjectAttributes: (authorization) => ({
      suite: authorization.suiteId,
      corp: authorization.corpId,
      epoch: lastEpoch(authorization).epoch,
    }),
  });
  return {
    ...aggregatesOf(store),
    page: (scope, { templateId, ...filter }, request) =>
      store.page(
        scope,
        { filter: { ...withStatus(filter), ...(templateId !== undefined && { templateId }) } },
        request,
      ),
    pagesByTemplate: (scope, templateIds, filter, request) =>
      store.pagesByParent(
        scope,
        { parentField: 'templateId', parentIds: templateIds, filter: withStatus(filter) },
        request,
      ),
    byCorps: (scope, corpIds) =>
      orUnavailable(async () => {
        const filter = { ...store.within(scope, 'byCorps'), corpId: { $in: [...corpIds] } };
        const found = await store.model.find(filter as object, { outbox: 0 }).lean();
        return found.map((document) => store.toDomain(document as Stored<Fields>));
      }),
    findActive: (scope, templateId, { afterId, limit }) =>
      orUnavailable(async () => {
        const active = { ...store.within(scope, 'findActive'), templateId, status: 'ACTIVE', _id: { $gt: afterId } };
        const found = await store.model.find(active as object, { _id: 1 }).sort({ _id: 1 }).limit(limit).lean();
        return found.map(({ _id }) => _id);
      }),
    countReads: (scope, templateId, since) =>
      orUnavailable(async () => {
        const ofTemplate = { ...store.within(scope, 'countReads'), templateId };
        const count = (filter: object): Promise<number> => store.model.countDocuments({ ...ofTemplate, ...filter } as object);
        const unread = { $or: [{ lastReadAt: null }, { lastReadAt: { $lt: since } }] };
        // First what waits: the write that ends the waiting of one is then in the other counts too.
        const waiting = await count({ status: 'ACTIVE', ...unread });
        const [active, changed] = await Promise.all([count({ status: 'ACTIVE' }), count({ lastChangeSeenAt: { $gte: since } })]);
        return { active, waiting, changed };
      }),
    findDue: findDueIn(store, 'rereadDueAt'),
  };
};
