import type { BatchScanResolvers, ScanAnswerResolvers } from '../schema.generated';

export const BatchScan: BatchScanResolvers = {
  answered: ({ answers }) => answers,
  missing: ({ missing }) => missing.map((id) => ({ id })),
  complete: ({ templateIds, answers }) => answers.length === templateIds.length,
};

export const ScanAnswer: ScanAnswerResolvers = {
  template: ({ templateId }) => ({ id: templateId }),
  authorization: ({ authorizationId }, _args, { authorizations }) => authorizations.load(authorizationId),
};
