import { reviewItemTopic, type ReviewItemState as PublicState } from '@daikaifa/contracts';
import { conflict, isAppError, text, type Scope } from '@daikaifa/kernel';
import { defineAggregateStore, orUnavailable, type Outbox, type Stored } from '@daikaifa/mongo';
import type { Connection } from 'mongoose';
import type { ItemFilter, ReviewItems } from '../application/ports';
import type { ReviewItem } from '../domain/review-item';
import { toDocument, toDomain, type ReviewItemFields } from './review-item.mapper';
import { reviewItemFields, reviewItemIndexes } from './review-item.schema';

const MAX_ITEMS_PER_TICKET = 200;
/** An authorization has one app, and an app one open item; a former epoch's may not be closed yet. */
const MAX_LAUNCHING = 10;

const conditionsOf = ({ publisherId, corpAppId, kind, states, ...plain }: ItemFilter): Record<string, unknown> => ({
  ...plain,
  ...(publisherId !== undefined && { tenant: publisherId }),
  ...(corpAppId !== undefined && { subjectId: corpAppId }),
  ...(kind !== undefined && { subjectKind: kind }),
  ...(states.length > 0 && { state: { $in: [...states] } }),
});

/** Says what the index of open items refused: the store only knows that something was there. */
const explainSecondOpenItem = (error: unknown): never => {
  if (isAppError(error) && error.code === 'CONFLICT' && String(error.details['fields']).includes('openSubject')) {
    throw conflict(text('该对象已有另一个进行中的审核项', 'Another review item of the same is open'), error.details);
  }
  throw error;
};

export const createReviewItemRepository = (options: {
  readonly connection: Connection;
  readonly outbox: Outbox;
  readonly publicState: (item: ReviewItem) => PublicState;
}): ReviewItems => {
  const store = defineAggregateStore({
    ...options,
    collection: 'review_items',
    fields: reviewItemFields,
    indexes: reviewItemIndexes,
    toDocument,
    toDomain,
    topic: reviewItemTopic,
    subjectAttributes: ({ subject: { corpApp } }) =>
      corpApp === null
        ? {}
        : { suite: corpApp.suiteId, ...(corpApp.corpId !== '' && { corp: corpApp.corpId }), epoch: corpApp.epoch },
  });

  const idsWhere = (scope: Scope, operation: string, condition: object, limit: number) =>
    orUnavailable(async () => {
      const found = await store.model
        .find({ ...store.within(scope, operation), ...condition }, { _id: 1 })
        .limit(limit)
        .lean();
      return found.map(({ _id }) => _id);
    });

  const dueIds = (scope: Scope, field: 'precheckDueAt' | 'noticeDueAt' | 'launchDueAt', now: Date, limit: number) =>
    orUnavailable(async () => {
      const found = await store.model
        .find({ ...store.within(scope, field), [field]: { $lte: now } }, { _id: 1 })
        .sort({ [field]: 1 })
        .limit(limit)
        .lean();
      return found.map(({ _id }) => _id);
    });

  return {
    byId: store.byId,
    byIds: store.byIds,
    save: (next, expectedVersion, facts) => store.save(next, expectedVersion, facts).catch(explainSecondOpenItem),
    update: store.update,
    create: async (next, facts) => {
      const { submissionId } = next.subject;
      const idempotency = { key: `submission:${submissionId}`, fingerprint: submissionId };
      return (await store.create(next, facts, idempotency).catch(explainSecondOpenItem)).aggregate;
    },
    findOpenOfSubject: (scope, subjectId) =>
      orUnavailable(async () => {
        const filter = { ...store.within(scope, 'findOpenOfSubject'), openSubject: subjectId };
        const found = await store.model.findOne(filter, { outbox: 0 }).lean();
        return found === null ? null : toDomain(found as Stored<ReviewItemFields>);
      }),
    findLastOfSubject: (scope, subjectId) =>
      orUnavailable(async () => {
        const filter = { ...store.within(scope, 'findLastOfSubject'), subjectId };
        const found = await store.model.findOne(filter, { outbox: 0 }).sort({ subjectSequence: -1 }).lean();
        return found === null ? null : toDomain(found as Stored<ReviewItemFields>);
      }),
    findPrecheckDue: (scope, now, limit) => dueIds(scope, 'precheckDueAt', now, limit),
    findPrecheckingAt: (scope, endpointSubjectId, limit) =>
      idsWhere(scope, 'findPrecheckingAt', { precheckingEndpoint: endpointSubjectId }, limit),
    findLaunchDue: (scope, now, limit) => dueIds(scope, 'launchDueAt', now, limit),
    findLaunchingOfAuthorization: (scope, authorizationId) =>
      idsWhere(scope, 'findLaunchingOfAuthorization', { launchingAuthorization: authorizationId }, MAX_LAUNCHING),
    findUnerasedOfEpoch: (scope, { authorizationId, epoch }, limit) =>
      idsWhere(scope, 'findUnerasedOfEpoch', { unerasedAuthorization: authorizationId, epoch }, limit),
    countOfEpoch: (scope, { authorizationId, epoch }) =>
      orUnavailable(() => store.model.countDocuments({ ...store.within(scope, 'countOfEpoch'), authorizationId, epoch })),
    findNoticeDue: (scope, now, limit) => dueIds(scope, 'noticeDueAt', now, limit),
    page: (scope, filter, request) => store.page(scope, { filter: conditionsOf(filter) }, request),
    pagesBySubject: (scope, subjectIds, request) =>
      store.pagesByParent(scope, { parentField: 'subjectId', parentIds: subjectIds }, request),
    ofTickets: async (scope, ticketIds) => {
      const listing = { parentField: 'ticketId', parentIds: ticketIds, sort: 'oldest' } as const;
      const pages = await store.pagesByParent(scope, listing, { first: MAX_ITEMS_PER_TICKET });
      return new Map([...pages].map(([id, { items }]) => [id, items.map(({ node }) => node)]));
    },
  };
};
