import type { CorpAppResolvers } from '../schema.generated';
import { deliveriesBy } from './deliveries-by';

export const CorpApp: CorpAppResolvers = {
  __resolveReference: ({ id }) => ({ id }),
  callbackEndpoint: ({ id }, _args, { endpointsOfApps }) => endpointsOfApps.load(id),
  deliveries: deliveriesBy('corpAppId'),
};
