import type { Aggregate } from '@daikaifa/kernel';
import type { AggregateStore } from '@daikaifa/mongo';
import type { Aggregates } from '../application/ports';

/** The port that every kind of aggregate has, on its store. */
export const aggregatesOf = <A extends Aggregate, D extends object>(store: AggregateStore<A, D>): Aggregates<A> => ({
  byId: store.byId,
  byIds: store.byIds,
  save: store.save,
  update: store.update,
  create: async (next, facts, idempotency) => (await store.create(next, facts, idempotency)).aggregate,
});
