import { permissionSetTopic, type PermissionSetState } from '@daikaifa/contracts';
import type { Scope } from '@daikaifa/kernel';
import { defineAggregateStore, orUnavailable, type Outbox } from '@daikaifa/mongo';
import type { Connection } from 'mongoose';
import type { PermissionSets } from '../application/ports';
import type { PermissionSet } from '../domain/permission-set';
import { ANSWERABLE_FIELDS, toAnswerable, toDocument, toDomain, type PermissionSetFields } from './permission-set.mapper';
import { permissionSetFields, permissionSetIndexes } from './permission-set.schema';

export const createPermissionSetRepository = (options: {
  readonly connection: Connection;
  readonly outbox: Outbox;
  readonly publicState: (set: PermissionSet) => PermissionSetState;
}): PermissionSets => {
  const store = defineAggregateStore<PermissionSet, PermissionSetState, PermissionSetFields>({
    ...options,
    collection: 'permission_sets',
    fields: permissionSetFields,
    indexes: permissionSetIndexes,
    toDocument,
    toDomain,
    topic: permissionSetTopic,
    subjectAttributes: ({ suiteId, corpId, epoch }) => ({
      suite: suiteId,
      ...(corpId !== '' && { corp: corpId }),
      epoch,
    }),
  });
  const findDue =
    (field: 'remindAt' | 'expireAt') =>
    (scope: Scope, now: Date, limit: number): Promise<readonly string[]> =>
      orUnavailable(async () => {
        const found = await store.model
          .find({ ...store.within(scope, 'findDue'), [field]: { $lte: now } } as object, { _id: 1 })
          .sort({ [field]: 1 })
          .limit(limit)
          .lean();
        return found.map(({ _id }) => _id);
      });
  return {
    byId: store.byId,
    byIds: store.byIds,
    save: store.save,
    update: store.update,
    create: async (next, facts) => {
      const idempotency = { key: `app:${next.id}`, fingerprint: next.id };
      return (await store.create(next, facts, idempotency)).aggregate;
    },
    answerableByIds: (scope, ids) =>
      orUnavailable(async () => {
        const filter = { ...store.within(scope, 'answerableByIds'), _id: { $in: [...ids] } };
        const found = await store.model.find(filter, ANSWERABLE_FIELDS).lean();
        return new Map(found.map((document) => [document._id, toAnswerable(document)]));
      }),
    findReminderDue: findDue('remindAt'),
    findExpiryDue: findDue('expireAt'),
  };
};
