import type { Scope } from '@daikaifa/kernel';
import { orUnavailable } from '@daikaifa/mongo';
import type { Connection } from 'mongoose';

interface LatestDocument<V> {
  readonly _id: string;
  readonly tenant: string;
  readonly sequence: number;
  readonly value: V;
}

export interface Latest<V> {
  readonly id: string;
  readonly publisherId: string;
  readonly sequence: number;
  readonly value: V;
}

const DUPLICATE_KEY = 11_000;
const isDuplicate = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === DUPLICATE_KEY;

const inScope = (scope: Scope): { tenant?: { $in: string[] } } =>
  scope.kind === 'platform' ? {} : { tenant: { $in: [...scope.publisherIds] } };

/**
 * What another service said last about something: one document per thing, read by decisions. Unlike a projection it
 * is written before the decision, so that two decisions at once see each other's source.
 */
export const createLatestStates = <V>(connection: Connection, collection: string) => {
  const documents = connection.collection<LatestDocument<V>>(collection);

  const write = async ({ id, publisherId, ...state }: Latest<V>): Promise<void> => {
    // Nothing older there: the upsert inserts, or meets the stored document's id and is refused.
    await documents.updateOne(
      { _id: id, sequence: { $lte: state.sequence } } as object,
      { $set: { tenant: publisherId, ...state } } as object,
      { upsert: true },
    );
  };

  return {
    documents,
    /** Keeps what has the highest sequence. */
    record: (latest: Latest<V>): Promise<void> =>
      orUnavailable(async () => {
        for (let attempt = 1; ; attempt += 1) {
          try {
            return await write(latest);
          } catch (error) {
            // Refused by a newer state: done. Refused by an older one that was inserted meanwhile: once more.
            if (!isDuplicate(error)) {
              throw error;
            }
            if (attempt > 1) {
              return;
            }
          }
        }
      }),
    find: (scope: Scope, condition: object, limit: number): Promise<readonly Latest<V>[]> =>
      orUnavailable(async () => {
        const found = await documents.find({ ...condition, ...inScope(scope) } as object).limit(limit).toArray();
        return found.map(({ _id, tenant, sequence, value }) => ({
          id: String(_id),
          publisherId: tenant,
          sequence,
          value: value as V,
        }));
      }),
  };
};
