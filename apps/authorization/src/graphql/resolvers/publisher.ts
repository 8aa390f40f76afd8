import type { PublisherResolvers } from '../schema.generated';

export const Publisher: PublisherResolvers = {
  __resolveReference: ({ id }) => ({ id }),
  providerCredentials: ({ id }, _args, { providerCredentials }) => providerCredentials.load(id),
};
