import type { CorpAppResolvers } from '../schema.generated';

/** Whether the app exists is its owner's to say: here it only has permissions, or none yet. */
export const CorpApp: CorpAppResolvers = {
  __resolveReference: ({ id }) => ({ id }),
  permissions: ({ id }, _args, { sets }) => sets.load(id),
};
