import { pageRequest, toConnection } from '@daikaifa/graphql';
import type { CorpAppResolvers } from '../schema.generated';

/** Whether the app exists is its owner's to say: here it only has review items, or none. */
export const CorpApp: CorpAppResolvers = {
  __resolveReference: ({ id }) => ({ id }),
  reviewItems: async ({ id }, page, { itemsOfSubject }) =>
    toConnection((await itemsOfSubject(pageRequest(page)).load(id)) ?? { items: [], hasNextPage: false }),
};
