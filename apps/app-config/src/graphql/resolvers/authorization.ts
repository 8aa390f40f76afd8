import type { AuthorizationResolvers } from '../schema.generated';

/** Whether the authorization exists is its owner's to say: here it only has an app, or none yet. */
export const Authorization: AuthorizationResolvers = {
  __resolveReference: ({ id }) => ({ id }),
  corpApp: ({ id }, _args, { currentCorpApps }) => currentCorpApps.load(id),
};
