import { orUnavailable, type AggregateStore } from '@daikaifa/mongo';
import type { Aggregate, Scope } from '@daikaifa/kernel';
import type { Due } from '../application/authorization-ports';

/**
 * The `findDue` of a store whose due date is one scalar field. The field is absent while nothing is due, so that the
 * sparse index holds open work alone.
 */
export const findDueIn =
  <A extends Aggregate, D extends object>(store: AggregateStore<A, D>, field: string) =>
  (scope: Scope, now: Date, limit: number): Promise<readonly Due[]> =>
    orUnavailable(async () => {
      const found = (await store.model
        .find({ ...store.within(scope, 'findDue'), [field]: { $lte: now } } as object, { [field]: 1 })
        .sort({ [field]: 1 })
        .limit(limit)
        .lean()) as unknown as readonly Record<string, unknown>[];
      return found.map((document) => ({ id: document['_id'] as string, dueAt: document[field] as Date }));
    });
