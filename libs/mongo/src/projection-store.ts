import type { Projection, ProjectionStore } from '@daikaifa/messaging';
import type { Connection } from 'mongoose';
import { duplicateKeyOf, orUnavailable } from './mongo-fault';

interface ProjectionDocument {
  readonly _id: string;
  readonly tenant: string;
  readonly sequence: number;
  readonly type: string;
  readonly correlationId: string;
  readonly value: unknown;
}

const BATCH = 200;

const toProjection = <P>({ _id, ...rest }: ProjectionDocument): Projection<P> =>
  ({ aggregateId: _id, ...rest }) as Projection<P>;

/**
 * The port `ProjectionStore` of messaging: a collection `projection.<consumer name>` each, one document per source
 * aggregate, keyed by its id. A fault of the database is AppError UNAVAILABLE, recognised by `isMongoFault`.
 */
export const createProjectionStore = ({ connection }: { readonly connection: Connection }): ProjectionStore => {
  const documentsOf = (name: string) => {
    if (!/^[A-Za-z0-9._-]{1,100}$/.test(name)) {
      throw new Error(`not a consumer name: ${name}`);
    }
    return connection.collection<ProjectionDocument>(`projection.${name}`);
  };

  const sequenceOf = async (name: string, aggregateId: string): Promise<number> =>
    (await documentsOf(name).findOne({ _id: aggregateId }, { projection: { sequence: 1 } }))?.sequence ?? 0;

  const save = async (name: string, { aggregateId, ...rest }: Projection<unknown>): Promise<boolean> => {
    for (;;) {
      try {
        // Nothing older there: the upsert inserts, or meets the stored document's id and is refused.
        await documentsOf(name).replaceOne(
          { _id: aggregateId, sequence: { $lt: rest.sequence } },
          {
            tenant: rest.tenant,
            sequence: rest.sequence,
            type: rest.type,
            correlationId: rest.correlationId,
            value: rest.value,
          },
          { upsert: true },
        );
        return true;
      } catch (error) {
        if (duplicateKeyOf(error) === undefined) {
          throw error;
        }
        // Another first save may have been faster with an older sequence: then this one still has to win.
        if ((await sequenceOf(name, aggregateId)) >= rest.sequence) {
          return false;
        }
      }
    }
  };

  return {
    sequenceOf: (name, aggregateId) => orUnavailable(() => sequenceOf(name, aggregateId)),
    load: <P>(name: string, aggregateId: string) =>
      orUnavailable(async () => {
        const document = await documentsOf(name).findOne({ _id: aggregateId });
        return document === null ? null : toProjection<P>(document);
      }),
    save: (name, projection) => orUnavailable(() => save(name, projection)),
    // In batches by id, not one long cursor: the reader's work between two items may take longer than a cursor lives.
    async *each<P>(name: string) {
      let after = '';
      for (;;) {
        const batch = await orUnavailable(() =>
          documentsOf(name)
            .find({ _id: { $gt: after } })
            .sort({ _id: 1 })
            .limit(BATCH)
            .toArray(),
        );
        for (const document of batch) {
          yield toProjection<P>(document);
        }
        const last = batch.at(-1);
        if (last === undefined || batch.length < BATCH) {
          return;
        }
        after = last._id;
      }
    },
  };
};
