import type { QueryResolvers } from '../schema.generated';

export const Query: QueryResolvers = {
  callbackEndpoint: (_parent, { id }, { endpoints }) => endpoints.load(id),
  destination: (_parent, { id }, { destinations }) => destinations.load(id),
  delivery: (_parent, { id }, { deliveries }) => deliveries.load(id),
  deliverableEventTypes: (_parent, _args, { useCases }) => useCases.eventTypes,
};
