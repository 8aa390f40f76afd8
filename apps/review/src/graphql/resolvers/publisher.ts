import { pageRequest, toConnection } from '@daikaifa/graphql';
import type { PublisherResolvers } from '../schema.generated';

export const Publisher: PublisherResolvers = {
  __resolveReference: ({ id }) => ({ id }),
  reviewTickets: async ({ id }, page, { ticketsOfPublisher }) =>
    toConnection((await ticketsOfPublisher(pageRequest(page)).load(id)) ?? { items: [], hasNextPage: false }),
};
