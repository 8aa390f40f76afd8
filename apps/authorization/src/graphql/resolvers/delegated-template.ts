import { pageRequest, toConnection } from '@daikaifa/graphql';
import type { DelegatedTemplateResolvers, SuiteResolvers } from '../schema.generated';

const NOTHING = { items: [], hasNextPage: false };

export const DelegatedTemplate: DelegatedTemplateResolvers = {
  __resolveReference: ({ id }) => ({ id }),
  suite: ({ id }, _args, { suites }) => suites.load(id),
  authorizationLinks: async ({ id }, page, { linksOf }) => {
    const found = await linksOf(pageRequest(page)).load(id);
    return toConnection(found ?? NOTHING);
  },
  authorizations: async ({ id }, { status, ...page }, { authorizationsOf }) => {
    const query = { request: pageRequest(page), ...(typeof status === 'string' && { status }) };
    return toConnection((await authorizationsOf(query).load(id)) ?? NOTHING);
  },
  exchanges: async ({ id }, page, { exchangesOf }) =>
    toConnection((await exchangesOf(pageRequest(page)).load(id)) ?? NOTHING),
  reconciliations: async ({ id }, page, { reconciliationsOf }) =>
    toConnection((await reconciliationsOf(pageRequest(page)).load(id)) ?? NOTHING),
};

export const Suite: SuiteResolvers = {
  version: ({ generation }) => generation,
  ticket: ({ ticketState }) => ticketState,
  ticketAt: ({ ticket }) => ticket?.receivedAt,
};
