import { pageRequest, toConnection } from '@daikaifa/graphql';
import { linkStateAt } from '../../domain/authorization-link.decide';
import type { AuthorizationLinkResolvers } from '../schema.generated';

export const AuthorizationLink: AuthorizationLinkResolvers = {
  __resolveReference: ({ id }, { links }) => links.load(id),
  version: ({ edition }) => edition,
  state: (link, _args, { now }) => linkStateAt(link, now()),
  template: ({ templateIds: [first] }) => ({ id: first ?? '' }),
  templates: ({ templateIds }) => templateIds.map((id) => ({ id })),
  pngUrl: ({ id }, _args, { pictureUrl }) => pictureUrl(id, 'png'),
  svgUrl: ({ id }, _args, { pictureUrl }) => pictureUrl(id, 'svg'),
  scans: async ({ id }, page, { scansOf }) =>
    toConnection((await scansOf(pageRequest(page)).load(id)) ?? { items: [], hasNextPage: false }),
  installs: async ({ id }, _args, { installs }) => (await installs.load(id)) ?? 0,
};
