import { toContentInput } from '../input';
import type { MutationResolvers } from '../schema.generated';

export const Mutation: MutationResolvers = {
  createCorpAppLogoUpload: (_parent, { input }, { viewer, useCases }) => useCases.createLogoUpload(viewer, input),
  startCorpApp: (_parent, { input }, { viewer, useCases }) => useCases.startCorpApp(viewer, input),
  editCorpApp: (_parent, { input }, { viewer, useCases }) =>
    useCases.editCorpApp(viewer, { ...input, content: toContentInput(input.content) }),
  rollBackCorpApp: (_parent, { input }, { viewer, useCases }) => useCases.rollBackCorpApp(viewer, input),
  copyCorpAppConfiguration: (_parent, { input }, { viewer, useCases }) => {
    const { fromRevisionId, ...change } = input;
    return useCases.copyCorpAppConfiguration(viewer, {
      ...change,
      ...(typeof fromRevisionId === 'string' && { fromRevisionId }),
    });
  },
  recordOwnershipFile: (_parent, { input }, { viewer, useCases }) => useCases.recordOwnershipFile(viewer, input),
  proveTrustedDomain: (_parent, { input }, { viewer, useCases }) => useCases.proveTrustedDomain(viewer, input),
  submitCorpApps: (_parent, { input }, { viewer, useCases }) => useCases.submitCorpApps(viewer, input),
  withdrawCorpApp: (_parent, { input }, { viewer, useCases }) => useCases.withdrawCorpApp(viewer, input),
  markCorpAppStep: (_parent, { input }, { viewer, useCases }) => useCases.markCorpAppStep(viewer, input),
  acknowledgeDrift: (_parent, { input }, { viewer, useCases }) => useCases.acknowledgeDrift(viewer, input),
};
