import type { Page, PageRequest } from '@daikaifa/kernel';
import { orUnavailable } from '@daikaifa/mongo';
import type { mongo } from 'mongoose';
import type { DeliveryParent } from '../application/delivery-ports';
import type { Delivery, DeliveryState } from '../domain/delivery';
import { decodePosition, encodePosition } from './journal-pages';
import type { DeliveryDocument } from './delivery.document';

/** One page per parent, newest first, all in one query. Content is not read. */
export const pagesByParent = (
  documents: mongo.Collection<DeliveryDocument>,
  query: {
    readonly filter: mongo.Filter<DeliveryDocument>;
    readonly parent: DeliveryParent;
    readonly states: readonly DeliveryState[];
    readonly request: PageRequest;
    readonly toDomain: (document: DeliveryDocument) => Delivery;
  },
): Promise<ReadonlyMap<string, Page<Delivery>>> =>
  orUnavailable(async () => {
    const { parent, states, request, toDomain } = query;
    const position = request.after === undefined ? null : decodePosition(request.after);
    const groups = await documents
      .aggregate<{ _id: string; documents: DeliveryDocument[] }>([
        {
          $match: {
            ...query.filter,
            [parent.field]: { $in: [...parent.ids] },
            ...(states.length > 0 && { state: { $in: [...states] } }),
            ...(position !== null && {
              $or: [{ createdAt: { $lt: position.at } }, { createdAt: position.at, _id: { $lt: position.id } }],
            }),
          },
        },
        // Whether there is content is all that is asked.
        { $set: { payload: { $cond: [{ $gt: ['$payload', null] }, '', '$$REMOVE'] } } },
        {
          $group: {
            _id: `$${parent.field}`,
            documents: { $topN: { n: request.first + 1, sortBy: { createdAt: -1, _id: -1 }, output: '$$ROOT' } },
          },
        },
      ])
      .toArray();
    const found = new Map(groups.map((group) => [group._id, group.documents]));
    return new Map(
      parent.ids.map((id): [string, Page<Delivery>] => {
        const all = found.get(id) ?? [];
        return [
          id,
          {
            items: all.slice(0, request.first).map((document) => ({
              node: toDomain(document),
              cursor: encodePosition({ at: document.createdAt, id: document._id }),
            })),
            hasNextPage: all.length > request.first,
          },
        ];
      }),
    );
  });
