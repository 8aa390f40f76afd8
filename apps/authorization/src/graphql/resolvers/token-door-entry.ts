import type { TokenDoorEntryResolvers } from '../schema.generated';

export const TokenDoorEntry: TokenDoorEntryResolvers = {
  at: ({ createdAt }) => createdAt,
  authorization: ({ authorizationId }, _args, { authorizations }) => authorizations.load(authorizationId),
};
