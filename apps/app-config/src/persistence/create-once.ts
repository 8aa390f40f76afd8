import { isAppError, platformScope, type Aggregate, type Fact } from '@daikaifa/kernel';
import type { AggregateStore } from '@daikaifa/mongo';

/** `create` for what has a derived id: the one that is there already is the answer. */
export const onceBy =
  <A extends Aggregate, D extends object>(store: AggregateStore<A, D>) =>
  async (next: A, facts: readonly Fact[]): Promise<A> => {
    try {
      return (await store.create(next, facts)).aggregate;
    } catch (error) {
      const there =
        isAppError(error) && error.code === 'CONFLICT'
          ? await store.byId(platformScope('made by another process'), next.id)
          : null;
      if (there === null) {
        throw error;
      }
      return there;
    }
  };
