import type { Page, PageRequest } from '@daikaifa/kernel';
import { allOf, inOneBatch, pagesByParent } from '@daikaifa/mongo';
import type { mongo } from 'mongoose';
import type { DeliveryParent } from '../application/delivery-ports';
import type { Delivery, DeliveryState } from '../domain/delivery';
import type { DeliveryDocument } from './delivery.document';

/** One page per parent, newest first. Content is not read. */
export const deliveriesByParent = (
  documents: mongo.Collection<DeliveryDocument>,
  query: {
    readonly filter: mongo.Filter<DeliveryDocument>;
    readonly parent: DeliveryParent;
    readonly states: readonly DeliveryState[];
    readonly request: PageRequest;
    readonly toDomain: (document: DeliveryDocument) => Delivery;
  },
): Promise<ReadonlyMap<string, Page<Delivery>>> => {
  const { filter, parent, states, request, toDomain } = query;
  const inStates = states.length === 0 ? {} : { state: { $in: [...states] } };
  return pagesByParent<DeliveryDocument, Delivery>({
    ...{ parentField: parent.field, parentIds: parent.ids, request, toDomain },
    find: (conditions, sort, limit) =>
      documents
        .aggregate<DeliveryDocument>(
          [
            { $match: allOf([filter, inStates, ...conditions]) },
            { $sort: sort },
            { $limit: limit },
            // Whether there is content is all that is asked.
            { $set: { payload: { $cond: [{ $gt: ['$payload', null] }, '', '$$REMOVE'] } } },
          ],
          { batchSize: inOneBatch(limit) },
        )
        .toArray(),
  });
};
