import type { MutationResolvers } from '../schema.generated';

export const Mutation: MutationResolvers = {
  issueEndpointKeys: (_parent, { input }, { viewer, useCases }) => useCases.issueEndpointKeys(viewer, input),
  importEndpointKeys: (_parent, { input }, { viewer, useCases }) => useCases.importEndpointKeys(viewer, input),
  probeEndpoint: async (_parent, { input }, { viewer, useCases }) => ({
    endpoint: await useCases.probeEndpoint(viewer, input),
  }),
};
