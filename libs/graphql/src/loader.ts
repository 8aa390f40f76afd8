import DataLoader from 'dataloader';

export type Loader<T> = DataLoader<string, T | null>;

/**
 * One per request: every id asked for in the same tick is fetched in one call, and each id once.
 * @param batch what it does not return was not found: null
 */
export const createLoader = <T>(batch: (ids: readonly string[]) => Promise<ReadonlyMap<string, T>>): Loader<T> =>
  new DataLoader<string, T | null>(async (ids) => {
    const found = await batch(ids);
    return ids.map((id) => found.get(id) ?? null);
  });
