import { LANE_HEALTHY } from '../../domain/lane';
import type { DestinationResolvers } from '../schema.generated';
import { deliveriesBy } from './deliveries-by';

const NO_COUNTS = { QUEUED: 0, DELIVERED: 0, DEAD: 0, ERASED: 0 };

export const Destination: DestinationResolvers = {
  __resolveReference: ({ id }, { destinations }) => destinations.load(id),
  publisher: ({ publisherId }) => ({ id: publisherId }),
  templateIds: ({ filter }) => filter.templateIds,
  corpIds: ({ filter }) => filter.corpIds,
  previousSecretUntil: ({ previousSecret }) => previousSecret?.signsUntil ?? null,
  health: async ({ id }, _args, { laneHealth }) => (await laneHealth.load(id)) ?? LANE_HEALTHY,
  deliveries: deliveriesBy('destinationId'),
  deliveryCounts: async ({ id }, _args, { deliveryCounts }) => (await deliveryCounts.load(id)) ?? NO_COUNTS,
};
