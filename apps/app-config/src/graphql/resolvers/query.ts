import { pageRequest, toConnection } from '@daikaifa/graphql';
import type { QueryResolvers } from '../schema.generated';

export const Query: QueryResolvers = {
  corpApp: (_parent, { id }, { corpApps }) => corpApps.load(id),
  corpApps: async (_parent, { publisherId, templateId, status, ...page }, { viewer, useCases }) =>
    toConnection(
      await useCases.listCorpApps(viewer, {
        statuses: status ?? [],
        request: pageRequest(page),
        ...(typeof publisherId === 'string' && { publisherId }),
        ...(typeof templateId === 'string' && { templateId }),
      }),
    ),
  corpAppRules: (_parent, _args, { viewer, useCases }) => useCases.findRules(viewer),
};
