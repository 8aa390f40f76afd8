import type { CorpResolvers } from '../schema.generated';

export const Corp: CorpResolvers = {
  __resolveReference: ({ id }, { corps }) => corps.load(id),
  name: ({ facts }) => facts?.name,
  fullName: ({ facts }) => facts?.fullName,
  type: ({ facts }) => facts?.type,
  industry: ({ facts }) => facts?.industry,
  scale: ({ facts }) => facts?.scale,
};
