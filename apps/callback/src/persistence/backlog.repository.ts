import { randomUUID } from 'node:crypto';
import { isDuplicateKey, orUnavailable } from '@daikaifa/mongo';
import { Schema, type Connection } from 'mongoose';
import type { Backlog, BacklogEntry, Lane, ParkedLane } from '../application/ports';

type EntryDocument = Omit<BacklogEntry, 'id' | 'publisherId' | 'corpKey'> & {
  readonly _id: string;
  readonly tenant: string;
  /** Absent of a suite event. */
  readonly corpKey?: string;
};

interface LeaseDocument {
  readonly _id: string;
  readonly owner: string;
  readonly until: Date;
}

const COLLECTION = 'backlog';

const toDocument = ({ id, publisherId, ...entry }: BacklogEntry): EntryDocument => ({
  _id: id,
  tenant: publisherId,
  endpointId: entry.endpointId,
  templateId: entry.templateId,
  key: entry.key,
  suiteId: entry.suiteId,
  ...(entry.corpKey !== null && { corpKey: entry.corpKey }),
  infoType: entry.infoType,
  state: entry.state,
  order: entry.order,
  receivedAt: entry.receivedAt,
  occurredAt: entry.occurredAt,
  expiresAt: entry.expiresAt,
  message: entry.message,
});

const toEntry = ({ _id, tenant, ...rest }: EntryDocument): BacklogEntry => ({
  id: _id,
  publisherId: tenant,
  ...rest,
  corpKey: rest.corpKey ?? null,
});

const defineIndexes = (connection: Connection): void => {
  const schema = new Schema({}, { collection: COLLECTION, strict: false, autoIndex: false, autoCreate: false });
  // has(), release()
  schema.index({ templateId: 1, key: 1, state: 1 });
  // countParked()
  schema.index({ endpointId: 1, state: 1 });
  // eraseCorp()
  schema.index({ corpKey: 1 }, { sparse: true });
  // oldestStored()
  schema.index({ state: 1, order: 1 });
  // expired()
  schema.index({ state: 1, expiresAt: 1 });
  connection.model(COLLECTION, schema, COLLECTION);
};

/** Messages are stored as they go to the broker: what is secret in them is sealed. */
export const createBacklogRepository = (connection: Connection): Backlog => {
  defineIndexes(connection);
  const entries = connection.collection<EntryDocument>(COLLECTION);
  const leases = connection.collection<LeaseDocument>('leases');
  const laneOf = ({ templateId, key }: Lane): Lane => ({ templateId, key });

  const takeLease = async (name: string, owner: string, ttlMs: number): Promise<boolean> => {
    const now = Date.now();
    try {
      await leases.updateOne(
        { _id: name, until: { $lte: new Date(now) } },
        { $set: { owner, until: new Date(now + ttlMs) } },
        { upsert: true },
      );
      return true;
    } catch (error) {
      if (isDuplicateKey(error)) {
        return false;
      }
      throw error;
    }
  };

  return {
    has: (lane, now) =>
      orUnavailable(async () => {
        const some = { $or: [{ state: 'STORED' as const }, { state: 'PARKED' as const, expiresAt: { $gt: now } }] };
        return (await entries.findOne({ ...laneOf(lane), ...some }, { projection: { _id: 1 } })) !== null;
      }),
    add: (added) =>
      orUnavailable(async () => {
        try {
          // Not ordered: one that is there already must not stop those behind it; `order` keeps the order.
          await entries.insertMany(added.map(toDocument), { ordered: false });
        } catch (error) {
          if (!isDuplicateKey(error)) {
            throw error;
          }
        }
      }),
    release: (lane, now) =>
      orUnavailable(async () => {
        const { modifiedCount } = await entries.updateMany(
          { ...laneOf(lane), state: 'PARKED', expiresAt: { $gt: now } },
          { $set: { state: 'STORED' } },
        );
        return modifiedCount;
      }),
    oldestStored: (limit) =>
      orUnavailable(async () =>
        (await entries.find({ state: 'STORED' }).sort({ order: 1 }).limit(limit).toArray()).map(toEntry),
      ),
    remove: (ids) => orUnavailable(async () => void (await entries.deleteMany({ _id: { $in: [...ids] } }))),
    parkedLanes: () =>
      orUnavailable(() =>
        entries
          .aggregate<ParkedLane>([
            { $match: { state: 'PARKED' } },
            {
              $group: {
                _id: { templateId: '$templateId', key: '$key' },
                publisherId: { $first: '$tenant' },
                suiteId: { $first: '$suiteId' },
                corpKey: { $first: { $ifNull: ['$corpKey', null] } },
              },
            },
            { $project: { _id: 0, templateId: '$_id.templateId', key: '$_id.key', publisherId: 1, suiteId: 1, corpKey: 1 } },
          ])
          .toArray(),
      ),
    count: (state) => orUnavailable(() => entries.countDocuments({ state })),
    countParked: (endpointId) => orUnavailable(() => entries.countDocuments({ endpointId, state: 'PARKED' })),
    expired: (now, limit) =>
      orUnavailable(async () =>
        (await entries.find({ state: 'PARKED', expiresAt: { $lte: now } }).limit(limit).toArray()).map(toEntry),
      ),
    removeExpired: (ids, now) =>
      orUnavailable(
        async () =>
          void (await entries.deleteMany({ _id: { $in: [...ids] }, state: 'PARKED', expiresAt: { $lte: now } })),
      ),
    eraseCorp: (corpKey, until) =>
      orUnavailable(async () => (await entries.deleteMany({ corpKey, occurredAt: { $lte: until } })).deletedCount),
    withLease: async (name, ttlMs, work) => {
      const owner = randomUUID();
      if (!(await orUnavailable(() => takeLease(name, owner, ttlMs)))) {
        return null;
      }
      try {
        return await work();
      } finally {
        // A lost release only costs the time to live.
        await leases.updateOne({ _id: name, owner }, { $set: { until: new Date(0) } }).catch(() => undefined);
      }
    },
  };
};
