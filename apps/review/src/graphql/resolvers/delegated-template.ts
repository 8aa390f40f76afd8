import { pageRequest, toConnection } from '@daikaifa/graphql';
import type { DelegatedTemplateResolvers } from '../schema.generated';

/** Whether the template exists is its owner's to say: here it only has review items, or none. */
export const DelegatedTemplate: DelegatedTemplateResolvers = {
  __resolveReference: ({ id }) => ({ id }),
  reviewItems: async ({ id }, page, { itemsOfSubject }) =>
    toConnection((await itemsOfSubject(pageRequest(page)).load(id)) ?? { items: [], hasNextPage: false }),
};
