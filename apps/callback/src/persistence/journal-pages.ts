import type { Page, PageRequest, Scope } from '@daikaifa/kernel';
import { allOf, inOneBatch, pagesByParent } from '@daikaifa/mongo';
import type { mongo } from 'mongoose';

export interface JournalDocument {
  readonly _id: string;
  readonly tenant: string | null;
  readonly endpointId: string | null;
  /** When it happened; pages go by it, newest first. */
  readonly at: Date;
}

/** One page per endpoint, newest first. */
export const pagesByEndpoint = <D extends JournalDocument, T>(
  documents: mongo.Collection<D>,
  query: {
    readonly scope: Scope;
    readonly endpointIds: readonly string[];
    readonly request: PageRequest;
    readonly toDomain: (document: D) => T;
  },
): Promise<ReadonlyMap<string, Page<T>>> => {
  const { scope, endpointIds, request, toDomain } = query;
  const within = scope.kind === 'platform' ? {} : { tenant: { $in: [...scope.publisherIds] } };
  return pagesByParent<D, T>({
    ...{ parentField: 'endpointId', parentIds: endpointIds, timeField: 'at', request, toDomain },
    find: async (conditions, sort, limit) =>
      (await documents
        .find(allOf([within, ...conditions]) as mongo.Filter<D>)
        .sort(sort)
        .limit(limit)
        .batchSize(inOneBatch(limit))
        .toArray()) as D[],
  });
};
