import type { MutationResolvers } from '../schema.generated';

export const Mutation: MutationResolvers = {
  decideReviewItem: async (_parent, { input }, { viewer, useCases }) => ({
    item: await useCases.decideReviewItem(viewer, {
      ...input,
      reasons: input.reasons ?? [],
      note: input.note ?? null,
    }),
  }),
  correctVerdict: async (_parent, { input }, { viewer, useCases }) => ({
    item: await useCases.correctVerdict(viewer, { ...input, reasons: input.reasons ?? [] }),
  }),
  launchReviewItem: async (_parent, { input }, { viewer, useCases }) => ({
    item: await useCases.launchReviewItem(viewer, input),
  }),
  confirmLaunch: async (_parent, { input }, { viewer, useCases }) => ({
    item: await useCases.confirmLaunch(viewer, input),
  }),
  returnLaunch: async (_parent, { input }, { viewer, useCases }) => ({
    item: await useCases.returnLaunch(viewer, input),
  }),
};
