import type { QueryResolvers } from '../schema.generated';

export const Query: QueryResolvers = {
  permissionCatalogue: (_parent, _args, { viewer, useCases }) => useCases.findCatalogue(viewer),
  permissionSet: (_parent, { id }, { sets }) => sets.load(id),
};
