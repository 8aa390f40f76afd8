import type { QueryResolvers } from '../schema.generated';

export const Query: QueryResolvers = {
  callbackEndpoint: (_parent, { id }, { endpoints }) => endpoints.load(id),
};
