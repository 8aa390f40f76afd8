import { pageRequest, toConnection } from '@daikaifa/graphql';
import type { QueryResolvers } from '../schema.generated';

export const Query: QueryResolvers = {
  authorization: (_parent, { id }, { authorizations }) => authorizations.load(id),
  authorizations: async (_parent, { templateId, status, ...page }, { viewer, useCases }) =>
    toConnection(
      await useCases.listAuthorizations(viewer, {
        request: pageRequest(page),
        ...(typeof templateId === 'string' && { templateId }),
        ...(typeof status === 'string' && { status }),
      }),
    ),
  authorizationLinks: async (_parent, { kind, ...page }, { viewer, useCases }) =>
    toConnection(
      await useCases.listLinks(viewer, { request: pageRequest(page), ...(typeof kind === 'string' && { kind }) }),
    ),
  tokenDoorEntries: async (_parent, { authorizationId, ...page }, { viewer, useCases }) =>
    toConnection(
      await useCases.listTokenDoorEntries(viewer, {
        request: pageRequest(page),
        ...(typeof authorizationId === 'string' && { authorizationId }),
      }),
    ),
  reconciliation: (_parent, { id }, { viewer, useCases }) => useCases.findReconciliation(viewer, id),
  authorizationLink: (_parent, { id }, { links }) => links.load(id),
};
