import { pageRequest, toConnection } from '@daikaifa/graphql';
import type { QueryResolvers } from '../schema.generated';

export const Query: QueryResolvers = {
  publisher: (_parent, { id }, { publishers }) => publishers.load(id),
  publishers: async (_parent, args, { viewer, useCases }) =>
    toConnection(await useCases.listPublishers(viewer, pageRequest(args))),
  delegatedTemplate: (_parent, { id }, { templates }) => templates.load(id),
  delegatedTemplates: async (_parent, { publisherId, status, ...page }, { viewer, useCases }) => {
    const query = { statuses: status ?? [], request: pageRequest(page) };
    const ofPublisher = typeof publisherId === 'string' ? { publisherId } : {};
    return toConnection(await useCases.listTemplates(viewer, { ...query, ...ofPublisher }));
  },
  rules: (_parent, _args, { viewer, useCases }) => useCases.findRules(viewer),
  categories: (_parent, _args, { viewer, useCases }) => useCases.findRules(viewer).catalogues['CATEGORY'] ?? [],
  industries: (_parent, _args, { viewer, useCases }) => useCases.findRules(viewer).catalogues['INDUSTRY'] ?? [],
};
