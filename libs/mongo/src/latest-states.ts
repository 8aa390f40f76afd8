import type { Scope } from '@daikaifa/kernel';
import type { Connection } from 'mongoose';
import { duplicateKeyOf, orUnavailable } from './mongo-fault';

interface LatestDocument<V> {
  readonly _id: string;
  readonly tenant: string;
  readonly sequence: number;
  readonly value: V;
}

export interface LatestState<V> {
  readonly id: string;
  readonly publisherId: string;
  readonly sequence: number;
  readonly value: V;
}

const inScope = (scope: Scope): { tenant?: { $in: string[] } } =>
  scope.kind === 'platform' ? {} : { tenant: { $in: [...scope.publisherIds] } };

export interface LatestStates<V> {
  /** For indexes of the owner; each query through `find` has a limit. */
  readonly documents: ReturnType<Connection['collection']>;
  /** Keeps what has the highest sequence: safe to repeat, in any order. */
  record(latest: LatestState<V>): Promise<void>;
  /** @param condition on `_id` and `value.…`, as stored */
  find(scope: Scope, condition: object, limit: number): Promise<readonly LatestState<V>[]>;
}

/**
 * What another service said last about something: one document per thing, read by decisions. Unlike a projection it
 * is written before the decision, so that two decisions at once see each other's source.
 */
export const createLatestStates = <V>(connection: Connection, collection: string): LatestStates<V> => {
  const documents = connection.collection<LatestDocument<V>>(collection);

  const write = async ({ id, publisherId, ...state }: LatestState<V>): Promise<void> => {
    // Nothing older there: the upsert inserts, or meets the stored document's id and is refused.
    await documents.updateOne(
      { _id: id, sequence: { $lte: state.sequence } } as object,
      { $set: { tenant: publisherId, ...state } } as object,
      { upsert: true },
    );
  };

  return {
    documents: documents as unknown as ReturnType<Connection['collection']>,
    record: (latest) =>
      orUnavailable(async () => {
        for (let attempt = 1; ; attempt += 1) {
          try {
            return await write(latest);
          } catch (error) {
            // Refused by a newer state: done. Refused by an older one that was inserted meanwhile: once more.
            if (duplicateKeyOf(error) === undefined) {
              throw error;
            }
            if (attempt > 1) {
              return;
            }
          }
        }
      }),
    find: (scope, condition, limit) =>
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
