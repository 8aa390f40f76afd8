import { corpAppTopic, type CorpAppState } from '@daikaifa/contracts';
import { defineAggregateStore, orUnavailable, type Outbox, type Stored } from '@daikaifa/mongo';
import type { Connection } from 'mongoose';
import type { CorpAppFilter, CorpApps } from '../application/ports';
import type { CorpApp } from '../domain/corp-app';
import { toDocument, toDomain, type CorpAppFields } from './corp-app.mapper';
import { corpAppFields, corpAppIndexes } from './corp-app.schema';

const withStatus = ({ statuses }: CorpAppFilter): Record<string, unknown> => ({
  status: statuses.length > 0 ? { $in: [...statuses] } : { $ne: 'CANCELLED' },
});

const corpAttributes = ({ suiteId, corpId, epoch }: CorpApp) => ({
  suite: suiteId,
  ...(corpId !== '' && { corp: corpId }),
  epoch,
});

export const createCorpAppRepository = (options: {
  readonly connection: Connection;
  readonly outbox: Outbox;
  readonly publicState: (app: CorpApp) => CorpAppState;
}): CorpApps => {
  const store = defineAggregateStore({
    ...options,
    collection: 'corp_apps',
    fields: corpAppFields,
    indexes: corpAppIndexes,
    toDocument,
    toDomain,
    topic: corpAppTopic,
    subjectAttributes: corpAttributes,
  });
  const read = (document: unknown): CorpApp => toDomain(document as Stored<CorpAppFields>);

  return {
    byId: store.byId,
    byIds: store.byIds,
    save: store.save,
    update: store.update,
    createOnce: store.createOnce,
    page: (scope, { publisherId, templateId, ...filter }, request) =>
      store.page(
        scope,
        {
          filter: {
            ...withStatus(filter),
            ...(publisherId !== undefined && { tenant: publisherId }),
            ...(templateId !== undefined && { templateId }),
          },
        },
        request,
      ),
    pagesByTemplate: (scope, templateIds, filter, request) =>
      store.pagesByParent(scope, { parentField: 'templateId', parentIds: templateIds, filter: withStatus(filter) }, request),
    currentOf: (scope, authorizationIds) =>
      orUnavailable(async () => {
        const found = await store.model
          .aggregate<{ _id: string; document: unknown }>([
            { $match: { ...store.within(scope, 'currentOf'), authorizationId: { $in: [...authorizationIds] } } },
            { $unset: 'outbox' },
            {
              $group: {
                _id: '$authorizationId',
                document: { $top: { sortBy: { epoch: -1 }, output: '$$ROOT' } },
              },
            },
          ]);
        return new Map(found.map(({ _id, document }) => [_id, read(document)]));
      }),
    isOnlineInTest: (scope, templateId) =>
      orUnavailable(async () => {
        const test = { templateId, environment: 'TEST', status: 'ONLINE' } as const;
        const filter = { ...store.within(scope, 'isOnlineInTest'), ...test };
        return (await store.model.findOne(filter, { _id: 1 }).lean()) !== null;
      }),
    domainChangesOf: (scope, corpIds) =>
      orUnavailable(async () => {
        const found = await store.model
          .find({ ...store.within(scope, 'domainChangesOf'), corpId: { $in: [...corpIds] } }, { corpId: 1, domainRecord: 1 })
          .lean();
        const changes = new Map<string, readonly Date[]>();
        for (const { corpId, domainRecord } of found as unknown as readonly Pick<CorpAppFields, 'corpId' | 'domainRecord'>[]) {
          changes.set(corpId, [...(changes.get(corpId) ?? []), ...domainRecord.changes]);
        }
        return changes;
      }),
  };
};
