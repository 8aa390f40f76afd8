import { isDuplicateKey, orUnavailable } from '@daikaifa/mongo';
import type { Connection } from 'mongoose';
import type { Lanes } from '../application/delivery-ports';
import { LANE_HEALTHY, type LaneHealth } from '../domain/lane';

/** Found by id only; no other index is needed. */
interface LaneDocument extends Partial<LaneHealth> {
  readonly _id: string;
  readonly fence: number;
  readonly until: Date;
}

const FREE = new Date(0);

const healthOf = (lane: Partial<LaneHealth> | null | undefined): LaneHealth => ({
  consecutiveFailures: lane?.consecutiveFailures ?? 0,
  failingSince: lane?.failingSince ?? null,
  trips: lane?.trips ?? 0,
  pausedUntil: lane?.pausedUntil ?? null,
});

export const createLaneRepository = (connection: Connection): Lanes => {
  const lanes = connection.collection<LaneDocument>('lanes');

  const take = async (id: string, now: Date, ttlMs: number) => {
    try {
      return await lanes.findOneAndUpdate(
        { _id: id, until: { $lte: now } },
        { $set: { until: new Date(now.getTime() + ttlMs) }, $inc: { fence: 1 } },
        { upsert: true, returnDocument: 'after' },
      );
    } catch (error) {
      // It is there, and somebody holds it.
      if (isDuplicateKey(error)) {
        return null;
      }
      throw error;
    }
  };

  return {
    acquire: (destinationId, now, ttlMs) =>
      orUnavailable(async () => {
        const taken = await take(destinationId, now, ttlMs);
        return taken && { destinationId, fence: taken.fence, health: healthOf(taken) };
      }),
    renew: ({ destinationId, fence }, now, ttlMs) =>
      orUnavailable(async () => {
        const until = new Date(now.getTime() + ttlMs);
        return (await lanes.updateOne({ _id: destinationId, fence }, { $set: { until } })).matchedCount === 1;
      }),
    release: ({ destinationId, fence }) =>
      orUnavailable(async () => void (await lanes.updateOne({ _id: destinationId, fence }, { $set: { until: FREE } }))),
    saveHealth: ({ destinationId, fence }, health) =>
      orUnavailable(
        async () => (await lanes.updateOne({ _id: destinationId, fence }, { $set: { ...health } })).matchedCount === 1,
      ),
    healthOf: (ids) =>
      orUnavailable(async () => {
        const found = await lanes.find({ _id: { $in: [...ids] } }).toArray();
        return new Map(found.map((lane) => [lane._id, healthOf(lane)]));
      }),
    // A higher fence: whoever works on it now stops, and its judgement of before is refused.
    reset: (destinationId) =>
      orUnavailable(
        async () =>
          void (await lanes.updateOne(
            { _id: destinationId },
            { $set: { ...LANE_HEALTHY, until: FREE }, $inc: { fence: 1 } },
          )),
      ),
  };
};
