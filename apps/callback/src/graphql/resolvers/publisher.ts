import { pageRequest, toConnection } from '@daikaifa/graphql';
import type { PublisherResolvers } from '../schema.generated';
import { NOTHING } from './deliveries-by';

export const Publisher: PublisherResolvers = {
  __resolveReference: ({ id }) => ({ id }),
  destinations: async ({ id }, { state, ...page }, { destinationsOf }) =>
    toConnection((await destinationsOf({ states: state ?? [], request: pageRequest(page) }).load(id)) ?? NOTHING),
};
