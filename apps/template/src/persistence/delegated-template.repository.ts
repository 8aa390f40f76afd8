import { delegatedTemplateTopic, type DelegatedTemplateState } from '@daikaifa/contracts';
import type { Scope } from '@daikaifa/kernel';
import { defineAggregateStore, type Outbox } from '@daikaifa/mongo';
import type { Connection } from 'mongoose';
import type { DelegatedTemplates, TemplateFilter } from '../application/ports';
import type { DelegatedTemplate } from '../domain/delegated-template';
import { toDocument, toDomain } from './delegated-template.mapper';
import { delegatedTemplateFields, delegatedTemplateIndexes } from './delegated-template.schema';

const withStatus = ({ statuses }: TemplateFilter): Record<string, unknown> => ({
  status: statuses.length > 0 ? { $in: [...statuses] } : { $ne: 'DELETED' },
});

const within = (scope: Scope, publisherIds: readonly string[]): readonly string[] =>
  scope.kind === 'platform' ? publisherIds : publisherIds.filter((id) => scope.publisherIds.includes(id));

export const createDelegatedTemplateRepository = (options: {
  readonly connection: Connection;
  readonly outbox: Outbox;
  readonly publicState: (template: DelegatedTemplate) => DelegatedTemplateState;
}): DelegatedTemplates => {
  const store = defineAggregateStore({
    ...options,
    collection: 'delegated_templates',
    fields: delegatedTemplateFields,
    indexes: delegatedTemplateIndexes,
    toDocument,
    toDomain,
    topic: delegatedTemplateTopic,
  });
  return {
    byId: store.byId,
    byIds: store.byIds,
    save: store.save,
    update: store.update,
    create: async (next, facts, idempotency) => (await store.create(next, facts, idempotency)).aggregate,
    page: (scope, { publisherId, ...filter }, request) => {
      const ofPublisher = publisherId === undefined ? {} : { tenant: publisherId };
      return store.page(scope, { filter: { ...withStatus(filter), ...ofPublisher } }, request);
    },
    // The parent is the tenant itself, so the scope is kept by asking only for publishers that are in it.
    pagesByPublisher: (scope, publisherIds, filter, request) =>
      store.pagesByParent(
        scope,
        { parentField: 'tenant', parentIds: within(scope, publisherIds), filter: withStatus(filter) },
        request,
      ),
  };
};
