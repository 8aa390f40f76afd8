import { given, givenReview, known } from '../input';
import type { MutationResolvers } from '../schema.generated';

export const Mutation: MutationResolvers = {
  registerServiceProvider: (_parent, { input }, { viewer, useCases }) =>
    useCases.registerServiceProvider(viewer, {
      idempotencyKey: input.idempotencyKey,
      corpId: input.corpId,
      name: input.name,
      ipWhitelist: input.ipWhitelist ?? [],
      testCorps: input.testCorps ?? [],
      review: givenReview(input.review ?? {}),
    }),
  updateServiceProvider: (_parent, { input }, { viewer, useCases }) => {
    const { publisherId, expectedVersion, review, ...changes } = input;
    return useCases.updateServiceProvider(viewer, {
      publisherId,
      expectedVersion,
      changes: { ...given(changes), ...(review && { review: givenReview(review) }) },
    });
  },
  createLogoUpload: (_parent, { input }, { viewer, useCases }) => useCases.createLogoUpload(viewer, input),
  createDelegatedTemplate: async (_parent, { input }, { viewer, useCases }) => ({
    template: await useCases.createTemplate(viewer, { ...input, content: known(input.content) }),
  }),
  editDelegatedTemplate: async (_parent, { input }, { viewer, useCases }) => ({
    template: await useCases.editTemplate(viewer, { ...input, content: known(input.content) }),
  }),
  submitDelegatedTemplate: async (_parent, { input }, { viewer, useCases }) => ({
    template: await useCases.submitTemplate(viewer, input),
  }),
  withdrawDelegatedTemplate: async (_parent, { input }, { viewer, useCases }) => ({
    template: await useCases.withdrawTemplate(viewer, input),
  }),
  rollBackDelegatedTemplate: async (_parent, { input }, { viewer, useCases }) => ({
    template: await useCases.rollBackTemplate(viewer, input),
  }),
  retireDelegatedTemplate: async (_parent, { input }, { viewer, useCases }) => ({
    template: await useCases.retireTemplate(viewer, input),
  }),
  deleteDelegatedTemplate: async (_parent, { input }, { viewer, useCases }) => ({
    template: await useCases.deleteTemplate(viewer, input),
  }),
  markChecklistStep: async (_parent, { input }, { viewer, useCases }) => ({
    template: await useCases.markChecklistStep(viewer, input),
  }),
};
