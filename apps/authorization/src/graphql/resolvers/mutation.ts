import type { MutationResolvers } from '../schema.generated';

export const Mutation: MutationResolvers = {
  recordProviderCredentials: async (_parent, { input }, { viewer, useCases }) => {
    const { publisherId } = await useCases.recordProviderCredentials(viewer, input);
    return { publisher: { id: publisherId } };
  },
  recordSuiteCredentials: async (_parent, { input }, { viewer, useCases }) => {
    const { id } = await useCases.recordSuiteCredentials(viewer, {
      ...input,
      expectedVersion: input.expectedVersion ?? null,
    });
    return { template: { id } };
  },
  recordConsoleLink: (_parent, { input }, { viewer, useCases }) => useCases.recordConsoleLink(viewer, input),
  createBatchLink: async (_parent, { input }, { viewer, useCases }) => ({
    link: await useCases.createBatchLink(viewer, { ...input, renews: input.renews ?? false }),
  }),
  createParametrisedLink: async (_parent, { input }, { viewer, useCases }) => ({
    link: await useCases.createParametrisedLink(viewer, { ...input, renews: input.renews ?? false }),
  }),
  regenerateLink: (_parent, { input }, { viewer, useCases }) => useCases.regenerateLink(viewer, input),
  revokeLink: (_parent, { input }, { viewer, useCases }) => useCases.revokeLink(viewer, input),
  importAuthorization: async (_parent, { input }, { viewer, useCases }) => ({
    authorization: await useCases.importAuthorization(viewer, input),
  }),
  reconcileAuthorizations: async (_parent, { input }, { viewer, useCases }) => ({
    reconciliation: await useCases.requestReconciliation(viewer, input),
  }),
  markTestAuthorization: async (_parent, { input }, { viewer, useCases }) => ({
    authorization: await useCases.markTest(viewer, input),
  }),
  rereadAuthorization: async (_parent, { input }, { viewer, useCases }) => ({
    authorization: await useCases.requestReread(viewer, input),
  }),
};
