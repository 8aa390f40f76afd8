import { notFound } from '@daikaifa/kernel';
import { DESTINATION } from '../../application/destination-input';
import type { DeliveryCountsResolvers, DeliveryResolvers } from '../schema.generated';

export const Delivery: DeliveryResolvers = {
  __resolveReference: ({ id }, { deliveries }) => deliveries.load(id),
  destination: async ({ destinationId }, _args, { destinations }) => {
    const destination = await destinations.load(destinationId);
    if (destination === null) {
      throw notFound(DESTINATION, destinationId);
    }
    return destination;
  },
  eventId: ({ event }) => event.id,
  eventType: ({ event }) => event.type,
  eventTime: ({ event }) => event.time,
  retryable: ({ hasPayload }) => hasPayload,
};

export const DeliveryCounts: DeliveryCountsResolvers = {
  queued: ({ QUEUED }) => QUEUED,
  delivered: ({ DELIVERED }) => DELIVERED,
  dead: ({ DEAD }) => DEAD,
  erased: ({ ERASED }) => ERASED,
};
