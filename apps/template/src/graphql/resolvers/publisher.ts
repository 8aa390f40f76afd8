import { pageRequest, toConnection } from '@daikaifa/graphql';
import type { PublisherResolvers } from '../schema.generated';

export const Publisher: PublisherResolvers = {
  __resolveReference: ({ id }, { publishers }) => publishers.load(id),
  templates: async ({ id }, { status, ...page }, { templatesOf }) => {
    const found = await templatesOf({ statuses: status ?? [], request: pageRequest(page) }).load(id);
    return toConnection(found ?? { items: [], hasNextPage: false });
  },
};
