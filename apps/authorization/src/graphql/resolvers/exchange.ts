import type { ExchangeResolvers } from '../schema.generated';

export const Exchange: ExchangeResolvers = {
  state: ({ status }) => status,
  text: ({ errorText }) => errorText,
  receivedAt: ({ createdAt }) => createdAt,
  authorization: ({ authorizationId }, _args, { authorizations }) =>
    authorizationId === null ? null : authorizations.load(authorizationId),
};
