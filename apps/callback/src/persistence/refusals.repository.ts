import { orUnavailable } from '@daikaifa/mongo';
import type { Logger } from '@daikaifa/observability';
import { Schema, type Connection, type mongo } from 'mongoose';
import type { Refusals } from '../application/ports';
import type { Refusal } from '../domain/refusal';
import { pagesByEndpoint, type JournalDocument } from './journal-pages';
import { createWriteBudget } from './write-budget';

interface RefusalDocument extends JournalDocument {
  readonly reason: Refusal['reason'];
  readonly method: Refusal['method'];
  readonly sizeBytes: number;
  readonly bodySha256: string;
  readonly remoteAddress: string;
}

export interface RefusalJournal extends Refusals {
  /** Waits for the writes under way. */
  stop(): Promise<void>;
}

const COLLECTION = 'refusals';

const toDocument = ({ id, publisherId, refusedAt, ...rest }: Refusal): RefusalDocument => ({
  _id: id,
  tenant: publisherId,
  at: refusedAt,
  ...rest,
});

const toRefusal = ({ _id, tenant, at, ...rest }: RefusalDocument): Refusal => ({
  id: _id,
  publisherId: tenant,
  refusedAt: at,
  ...rest,
});

const defineIndexes = (connection: Connection, keepMs: number): void => {
  const schema = new Schema({}, { collection: COLLECTION, strict: false, autoIndex: false, autoCreate: false });
  // pagesByEndpoint(), trim(), eraseEndpoint()
  schema.index({ endpointId: 1, at: -1, _id: -1 });
  schema.index({ at: 1 }, { expireAfterSeconds: Math.floor(keepMs / 1_000) });
  connection.model(COLLECTION, schema, COLLECTION);
};

export const createRefusalRepository = (
  connection: Connection,
  { keepMs, logger }: { readonly keepMs: number; readonly logger: Logger },
): RefusalJournal => {
  defineIndexes(connection, keepMs);
  const documents = connection.collection<RefusalDocument>(COLLECTION);
  const mayWrite = createWriteBudget({ perEndpoint: { burst: 20, perSec: 2 }, all: { burst: 200, perSec: 50 } });
  const writing = new Set<Promise<void>>();

  const trimOne = async (endpointId: string | null, keep: number): Promise<number> => {
    const [last] = await documents.find({ endpointId }).sort({ at: -1, _id: -1 }).skip(keep).limit(1).toArray();
    if (last === undefined) {
      return 0;
    }
    const older = { $or: [{ at: { $lt: last.at } }, { at: last.at, _id: { $lte: last._id } }] };
    return (await documents.deleteMany({ endpointId, ...older })).deletedCount;
  };

  return {
    note: (refusal) => {
      if (!mayWrite(refusal.endpointId ?? '')) {
        return;
      }
      const { reason, endpointId, remoteAddress } = refusal;
      logger.info(
        { 'refusal.reason': reason, 'endpoint.id': endpointId, 'refusal.from': remoteAddress },
        'callback refused',
      );
      const write = documents.insertOne(toDocument(refusal)).then(
        () => undefined,
        (error: unknown) => logger.debug({ err: error }, 'a refusal could not be recorded'),
      );
      writing.add(write);
      void write.finally(() => writing.delete(write));
    },
    stop: async () => {
      await Promise.all(writing);
    },
    pagesByEndpoint: (scope, endpointIds, request) =>
      pagesByEndpoint(documents as mongo.Collection<RefusalDocument>, { scope, endpointIds, request, toDomain: toRefusal }),
    trim: (keepPerEndpoint) =>
      orUnavailable(async () => {
        let removed = 0;
        for (const endpointId of await documents.distinct('endpointId')) {
          removed += await trimOne(endpointId, keepPerEndpoint);
        }
        return removed;
      }),
    eraseEndpoint: (endpointId, until) =>
      orUnavailable(async () => (await documents.deleteMany({ endpointId, at: { $lte: until } })).deletedCount),
  };
};
