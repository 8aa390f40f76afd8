import { createLoader, type Loader } from '@daikaifa/graphql';
import type { Page, PageRequest, Viewer } from '@daikaifa/kernel';
import type { CorpAppFilter } from '../application/ports';
import type { UseCases } from '../application/use-cases';
import type { CorpApp } from '../domain/corp-app';
import type { EndpointSignal } from '../domain/sources';

/** Made anew for each request. */
export interface GraphqlContext {
  readonly viewer: Viewer;
  readonly useCases: UseCases;
  readonly imageUrl: (sha256: string) => string;
  readonly corpApps: Loader<CorpApp>;
  /** By authorization: the app of its current epoch. */
  readonly currentCorpApps: Loader<CorpApp>;
  /** By template or app. */
  readonly endpoints: Loader<EndpointSignal>;
  /** The loader for these arguments: all templates of the request, read together. */
  readonly corpAppsOf: (query: CorpAppFilter & { readonly request: PageRequest }) => Loader<Page<CorpApp>>;
}

export const createGraphqlContext = (
  viewer: Viewer,
  { useCases, imageUrl }: Pick<GraphqlContext, 'useCases' | 'imageUrl'>,
): GraphqlContext => {
  const connections = new Map<string, Loader<Page<CorpApp>>>();
  return {
    viewer,
    useCases,
    imageUrl,
    corpApps: createLoader((ids) => useCases.findCorpAppsByIds(viewer, ids)),
    currentCorpApps: createLoader((ids) => useCases.findCurrentCorpApps(viewer, ids)),
    endpoints: createLoader((ids) => useCases.findEndpoints(viewer, ids)),
    corpAppsOf: (query) => {
      const key = JSON.stringify(query);
      const loader =
        connections.get(key) ?? createLoader((ids) => useCases.listCorpAppsOfTemplates(viewer, ids, query));
      connections.set(key, loader);
      return loader;
    },
  };
};
