import { createLoader, type Loader } from '@daikaifa/graphql';
import type { Page, PageRequest, Viewer } from '@daikaifa/kernel';
import type { UseCases } from '../application/use-cases';
import type { Endpoint } from '../domain/endpoint';
import type { Receipt } from '../domain/receipt';
import type { Refusal } from '../domain/refusal';

/** Made anew for each request. */
export interface GraphqlContext {
  readonly viewer: Viewer;
  readonly useCases: UseCases;
  readonly endpoints: Loader<Endpoint>;
  /** By the app's id. */
  readonly endpointsOfApps: Loader<Endpoint>;
  /** The loader for these arguments: all endpoints of the request in one query. */
  readonly refusalsOf: (request: PageRequest) => Loader<Page<Refusal>>;
  readonly receiptsOf: (request: PageRequest) => Loader<Page<Receipt>>;
}

/** One loader per set of arguments. */
const perArguments = <T>(make: (request: PageRequest) => Loader<T>): ((request: PageRequest) => Loader<T>) => {
  const loaders = new Map<string, Loader<T>>();
  return (request) => {
    const key = JSON.stringify(request);
    const loader = loaders.get(key) ?? make(request);
    loaders.set(key, loader);
    return loader;
  };
};

export const createGraphqlContext = (viewer: Viewer, useCases: UseCases): GraphqlContext => ({
  viewer,
  useCases,
  endpoints: createLoader((ids) => useCases.findEndpointsByIds(viewer, ids)),
  endpointsOfApps: createLoader((ids) => useCases.findEndpointsOfApps(viewer, ids)),
  refusalsOf: perArguments((request) => createLoader((ids) => useCases.listRefusals(viewer, ids, request))),
  receiptsOf: perArguments((request) => createLoader((ids) => useCases.listReceipts(viewer, ids, request))),
});
