import type { CorpAppResolvers } from '../schema.generated';

export const CorpApp: CorpAppResolvers = {
  __resolveReference: ({ id }) => ({ id }),
  callbackEndpoint: ({ id }, _args, { endpointsOfApps }) => endpointsOfApps.load(id),
};
