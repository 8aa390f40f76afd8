import { createLoader, type Loader } from '@daikaifa/graphql';
import type { Page, PageRequest, Viewer } from '@daikaifa/kernel';
import type { AuthorizationFilter } from '../application/authorization-ports';
import type { KnownCorp } from '../application/find-authorizations';
import type { UseCases } from '../application/use-cases';
import type { Authorization } from '../domain/authorization';
import type { AuthorizationLink } from '../domain/authorization-link';
import type { BatchScan } from '../domain/batch-scan';
import type { ErasureRecord } from '../domain/erasure-record';
import type { Exchange } from '../domain/exchange';
import type { ProviderCredentials } from '../domain/provider-credentials';
import type { Reconciliation } from '../domain/reconciliation';
import type { SuiteCredentials } from '../domain/suite-credentials';

/** Made anew for each request. */
export interface GraphqlContext {
  readonly viewer: Viewer;
  readonly useCases: UseCases;
  /** Stable public address of a link's picture. */
  readonly pictureUrl: (linkId: string, format: 'png' | 'svg') => string;
  readonly now: () => Date;
  readonly providerCredentials: Loader<ProviderCredentials>;
  readonly suites: Loader<SuiteCredentials>;
  readonly links: Loader<AuthorizationLink>;
  readonly installs: Loader<number>;
  /** The loader for these arguments: all templates of the request, read together. */
  readonly linksOf: (request: PageRequest) => Loader<Page<AuthorizationLink>>;
  readonly authorizations: Loader<Authorization>;
  readonly corps: Loader<KnownCorp>;
  readonly authorizationsOf: (
    query: AuthorizationFilter & { readonly request: PageRequest },
  ) => Loader<Page<Authorization>>;
  readonly erasureRecords: Loader<ErasureRecord>;
  /** By authorization. */
  readonly erasuresOf: (request: PageRequest) => Loader<Page<ErasureRecord>>;
  /** By link. */
  readonly scansOf: (request: PageRequest) => Loader<Page<BatchScan>>;
  readonly exchangesOf: (request: PageRequest) => Loader<Page<Exchange>>;
  readonly reconciliationsOf: (request: PageRequest) => Loader<Page<Reconciliation>>;
}

/** One loader per set of arguments: parents that ask for the same page share a query. */
export const perArguments = <Args, T>(
  load: (ids: readonly string[], args: Args) => Promise<ReadonlyMap<string, T>>,
): ((args: Args) => Loader<T>) => {
  const loaders = new Map<string, Loader<T>>();
  return (args) => {
    const key = JSON.stringify(args);
    const loader = loaders.get(key) ?? createLoader((ids) => load(ids, args));
    loaders.set(key, loader);
    return loader;
  };
};

export const createGraphqlContext = (
  viewer: Viewer,
  parts: Pick<GraphqlContext, 'useCases' | 'pictureUrl' | 'now'>,
): GraphqlContext => {
  const { useCases } = parts;
  return {
    ...parts,
    viewer,
    providerCredentials: createLoader((ids) => useCases.findProviderCredentials(viewer, ids)),
    suites: createLoader((ids) => useCases.findSuites(viewer, ids)),
    links: createLoader((ids) => useCases.findLinksByIds(viewer, ids)),
    installs: createLoader((ids) => useCases.findInstallCounts(viewer, ids)),
    linksOf: perArguments((ids, request) => useCases.listLinksOfTemplates(viewer, ids, request)),
    authorizations: createLoader((ids) => useCases.findAuthorizationsByIds(viewer, ids)),
    corps: createLoader((ids) => useCases.findCorps(viewer, ids)),
    authorizationsOf: perArguments((ids, query) => useCases.listAuthorizationsOfTemplates(viewer, ids, query)),
    erasureRecords: createLoader((ids) => useCases.findErasureRecordsByIds(viewer, ids)),
    erasuresOf: perArguments((ids, request) => useCases.listErasureRecords(viewer, ids, request)),
    scansOf: perArguments((ids, request) => useCases.listScansOfLinks(viewer, ids, request)),
    reconciliationsOf: perArguments((ids, request) => useCases.listReconciliationsOfTemplates(viewer, ids, request)),
    exchangesOf: perArguments((ids, request) => useCases.listExchangesOfTemplates(viewer, ids, request)),
  };
};
