import { pageRequest, toConnection } from '@daikaifa/graphql';
import type { DelegatedTemplateResolvers } from '../schema.generated';

/** Whether the template exists is its owner's to say: here it only has apps, or none. */
export const DelegatedTemplate: DelegatedTemplateResolvers = {
  __resolveReference: ({ id }) => ({ id }),
  corpApps: async ({ id }, { status, ...page }, { corpAppsOf }) => {
    const found = await corpAppsOf({ statuses: status ?? [], request: pageRequest(page) }).load(id);
    return toConnection(found ?? { items: [], hasNextPage: false });
  },
};
