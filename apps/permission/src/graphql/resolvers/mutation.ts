import type { MutationResolvers } from '../schema.generated';

export const Mutation: MutationResolvers = {
  requestPermissions: async (_parent, { input }, { viewer, useCases }) => {
    const { set, request, warnings } = await useCases.requestPermissions(viewer, input);
    return { permissionSet: set, request, warnings };
  },
  withdrawPermissionRequest: async (_parent, { input }, { viewer, useCases }) => ({
    permissionSet: await useCases.withdrawPermissionRequest(viewer, input),
  }),
  recordPermissionDecline: async (_parent, { input }, { viewer, useCases }) => ({
    permissionSet: await useCases.recordPermissionDecline(viewer, { ...input, note: input.note ?? null }),
  }),
  recordSecondConfirmation: async (_parent, { input }, { viewer, useCases }) => ({
    permissionSet: await useCases.recordSecondConfirmation(viewer, input),
  }),
};
