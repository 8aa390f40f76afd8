import type { ReconciliationResolvers } from '../schema.generated';

export const Reconciliation: ReconciliationResolvers = {
  template: ({ templateId }) => ({ id: templateId }),
  startedAt: ({ createdAt }) => createdAt,
  progress: async (reconciliation, _args, { viewer, useCases }) => {
    const counts = await useCases.findReconciliationProgress(viewer, reconciliation);
    return { ...counts, finished: reconciliation.nextAttemptAt === null && counts.waiting === 0 };
  },
};
