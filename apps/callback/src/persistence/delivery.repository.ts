import type { Scope } from '@daikaifa/kernel';
import { isDuplicateKey, orUnavailable } from '@daikaifa/mongo';
import type { KeyRing } from '@daikaifa/security';
import type { Connection, mongo } from 'mongoose';
import type { Deliveries, RetryRange } from '../application/delivery-ports';
import { DELIVERY_STATES, type DeadReason, type DeliveryState } from '../domain/delivery';
import { LAST_WORDS } from '../domain/delivery-corp';
import { createDeliveryMapper, defineDeliveryIndexes, DELIVERIES, type DeliveryDocument } from './delivery.document';
import { deliveriesByParent } from './delivery-pages';

type Filter = mongo.Filter<DeliveryDocument>;

const within = (scope: Scope): Filter => (scope.kind === 'platform' ? {} : { tenant: { $in: [...scope.publisherIds] } });

const NOTHING = Object.fromEntries(DELIVERY_STATES.map((state) => [state, 0])) as Record<DeliveryState, number>;

/** Without the attempts so far, which can be larger than the rest. */
const WHAT_IS_SENT = { eventId: 1, eventType: 1, eventTime: 1, tries: 1, expiresAt: 1, dropWhenEnded: 1, payload: 1 };

const typesFilter = (patterns: readonly string[]): Filter => {
  const conditions = patterns.map((pattern) => ({
    eventType: pattern.endsWith('.*') ? { $regex: `^${pattern.slice(0, -1).replaceAll('.', '\\.')}` } : pattern,
  }));
  return conditions.length === 0 ? {} : { $or: conditions };
};

const retryFilter = ({ destinationId, states, from, to, eventTypes }: RetryRange, key: string): Filter => ({
  destinationId,
  state: { $in: [...states] },
  createdAt: { $gte: from, $lt: to },
  payload: { $exists: true },
  retryKey: { $ne: key },
  ...typesFilter(eventTypes),
});

export const createDeliveryRepository = (
  connection: Connection,
  { keyRing, keepMs }: { readonly keyRing: KeyRing; readonly keepMs: number },
): Deliveries => {
  defineDeliveryIndexes(connection, keepMs);
  const documents = connection.collection<DeliveryDocument>(DELIVERIES) as mongo.Collection<DeliveryDocument>;
  const mapper = createDeliveryMapper(keyRing);

  const end = async (filter: Filter, state: 'DEAD' | 'ERASED', deadReason: DeadReason | null, now: Date): Promise<number> => {
    const { modifiedCount } = await documents.updateMany(
      { ...filter, state: 'QUEUED' },
      { $set: { state, deadReason, endedAt: now }, $unset: { nextAttemptAt: '' } },
    );
    return modifiedCount;
  };

  return {
    add: (added, now) =>
      orUnavailable(async () => {
        try {
          // Not ordered: one that is there already must not stop those behind it.
          await documents.insertMany(added.map((one) => mapper.toDocument(one, now)), { ordered: false });
        } catch (error) {
          if (!isDuplicateKey(error)) {
            throw error;
          }
        }
      }),
    due: (destinationId, now, limit) =>
      orUnavailable(async () => {
        const due = await documents
          .find({ destinationId, nextAttemptAt: { $lte: now } }, { projection: WHAT_IS_SENT })
          .sort({ nextAttemptAt: 1 })
          .limit(limit)
          .toArray();
        return due.flatMap(({ _id: id, payload, ...rest }) =>
          payload === undefined
            ? []
            : [
                {
                  id,
                  event: { id: rest.eventId, type: rest.eventType, time: rest.eventTime },
                  tries: rest.tries,
                  expiresAt: rest.expiresAt,
                  dropWhenEnded: rest.dropWhenEnded,
                  body: mapper.openPayload(id, payload),
                },
              ],
        );
      }),
    nextAttempt: (destinationId, after) =>
      orUnavailable(async () => {
        const first = await documents.findOne(
          { destinationId, nextAttemptAt: { $gt: after } },
          { sort: { nextAttemptAt: 1 }, projection: { nextAttemptAt: 1 } },
        );
        return first?.nextAttemptAt ?? null;
      }),
    dueLanes: (now, limit) =>
      orUnavailable(async () => {
        const lanes: { destinationId: string; since: Date }[] = [];
        for (let after = ''; lanes.length < limit; ) {
          const first = await documents.findOne(
            { destinationId: { $gt: after }, nextAttemptAt: { $lte: now } },
            { sort: { destinationId: 1, nextAttemptAt: 1 }, projection: { destinationId: 1, nextAttemptAt: 1 } },
          );
          if (first?.nextAttemptAt === undefined) {
            break;
          }
          lanes.push({ destinationId: first.destinationId, since: first.nextAttemptAt });
          after = first.destinationId;
        }
        return lanes;
      }),
    record: (records) =>
      orUnavailable(async () => {
        await documents.bulkWrite(records.map(mapper.toWrite), { ordered: false });
      }),
    byIds: (scope, ids) =>
      orUnavailable(async () => {
        const found = await documents.find({ ...within(scope), _id: { $in: [...ids] } }).toArray();
        return new Map(found.map((document) => [document._id, mapper.toDomain(document)]));
      }),
    pagesByParent: (scope, parent, states, request) =>
      deliveriesByParent(documents, { filter: within(scope), parent, states, request, toDomain: mapper.toDomain }),
    counts: (scope, destinationIds) =>
      orUnavailable(async () => {
        const groups = await documents
          .aggregate<{ _id: { destinationId: string; state: DeliveryState }; count: number }>([
            { $match: { ...within(scope), destinationId: { $in: [...destinationIds] } } },
            { $group: { _id: { destinationId: '$destinationId', state: '$state' }, count: { $sum: 1 } } },
          ])
          .toArray();
        return new Map(
          destinationIds.map((id) => [
            id,
            {
              ...NOTHING,
              ...Object.fromEntries(
                groups.filter(({ _id }) => _id.destinationId === id).map(({ _id, count }) => [_id.state, count]),
              ),
            },
          ]),
        );
      }),
    queueAgain: (ids, { key, now, expiresAt }) =>
      orUnavailable(async () => {
        const { modifiedCount } = await documents.updateMany(
          { _id: { $in: [...ids] }, state: { $ne: 'ERASED' }, payload: { $exists: true }, retryKey: { $ne: key } },
          {
            $set: {
              state: 'QUEUED',
              deadReason: null,
              endedAt: null,
              tries: 0,
              nextAttemptAt: now,
              expiresAt,
              retryKey: key,
            } as Partial<DeliveryDocument>,
          },
        );
        return modifiedCount;
      }),
    retryable: (scope, range, key, limit) =>
      orUnavailable(async () => {
        const found = await documents
          .find({ ...within(scope), ...retryFilter(range, key) }, { projection: { _id: 1 } })
          .sort({ createdAt: 1, _id: 1 })
          .limit(limit)
          .toArray();
        return found.map(({ _id }) => _id);
      }),
    expire: (now) =>
      orUnavailable(async () => {
        const over: Filter = { nextAttemptAt: { $exists: true }, expiresAt: { $lte: now } };
        await documents.updateMany({ ...over, dropWhenEnded: true }, { $unset: { payload: '' } });
        return end(over, 'DEAD', 'EXPIRED', now);
      }),
    endOf: (destinationId, reason, now) =>
      orUnavailable(async () => {
        const ended = await end({ destinationId }, 'DEAD', reason, now);
        // Nobody can ask for them again.
        await documents.updateMany({ destinationId }, { $unset: { payload: '' } });
        return ended;
      }),
    erase: (corpKey, { epoch, at }, now) =>
      orUnavailable(async () => {
        const ofCorp: Filter = {
          corpKey,
          $or: [{ epoch: { $lte: epoch } }, { epoch: null, eventTime: { $lte: at } }],
          eventType: { $nin: [...LAST_WORDS] },
          payload: { $exists: true },
        };
        await end(ofCorp, 'ERASED', null, now);
        const { modifiedCount } = await documents.updateMany(ofCorp, {
          $unset: { payload: '' },
          $set: { 'attempts.$[].snippet': null },
        });
        return modifiedCount;
      }),
    countQueued: () => orUnavailable(() => documents.countDocuments({ nextAttemptAt: { $exists: true } })),
  };
};
