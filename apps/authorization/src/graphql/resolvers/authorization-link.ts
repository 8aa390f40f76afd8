import { linkStateAt } from '../../domain/authorization-link.decide';
import type { AuthorizationLinkResolvers } from '../schema.generated';

export const AuthorizationLink: AuthorizationLinkResolvers = {
  __resolveReference: ({ id }, { links }) => links.load(id),
  version: ({ edition }) => edition,
  state: (link, _args, { now }) => linkStateAt(link, now()),
  template: ({ templateId }) => ({ id: templateId }),
  pngUrl: ({ id }, _args, { pictureUrl }) => pictureUrl(id, 'png'),
  svgUrl: ({ id }, _args, { pictureUrl }) => pictureUrl(id, 'svg'),
  installs: async ({ id }, _args, { installs }) => (await installs.load(id)) ?? 0,
};
