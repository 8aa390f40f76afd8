import { authorize, READERS, type Page, type PageRequest, type Viewer } from '@daikaifa/kernel';
import type { AuthorizationLink } from '../domain/authorization-link';
import type { BatchScan } from '../domain/batch-scan';
import type { ProviderCredentials } from '../domain/provider-credentials';
import type { SuiteCredentials } from '../domain/suite-credentials';
import type { Dependencies, LinkFilter } from './ports';

/** By publisher. What is missing from the map was not recorded or is not among the viewer's. */
export const findProviderCredentials =
  ({ providerCredentials }: Pick<Dependencies, 'providerCredentials'>) =>
  async (viewer: Viewer, publisherIds: readonly string[]): Promise<ReadonlyMap<string, ProviderCredentials>> =>
    providerCredentials.byIds(authorize(viewer, READERS), publisherIds);

/** By template. */
export const findSuites =
  ({ suites }: Pick<Dependencies, 'suites'>) =>
  async (viewer: Viewer, templateIds: readonly string[]): Promise<ReadonlyMap<string, SuiteCredentials>> =>
    suites.byIds(authorize(viewer, READERS), templateIds);

export const findLinksByIds =
  ({ links }: Pick<Dependencies, 'links'>) =>
  async (viewer: Viewer, ids: readonly string[]): Promise<ReadonlyMap<string, AuthorizationLink>> =>
    links.byIds(authorize(viewer, READERS), ids);

export const listLinks =
  ({ links }: Pick<Dependencies, 'links'>) =>
  async (
    viewer: Viewer,
    { request, ...filter }: LinkFilter & { readonly request: PageRequest },
  ): Promise<Page<AuthorizationLink>> =>
    links.page(authorize(viewer, READERS), filter, request);

/** One page per template, read together for all. */
export const listLinksOfTemplates =
  ({ links }: Pick<Dependencies, 'links'>) =>
  async (
    viewer: Viewer,
    templateIds: readonly string[],
    request: PageRequest,
  ): Promise<ReadonlyMap<string, Page<AuthorizationLink>>> =>
    links.pagesByTemplate(authorize(viewer, READERS), templateIds, request);

/** One page per link, read together for all. */
export const listScansOfLinks =
  ({ batchScans }: Pick<Dependencies, 'batchScans'>) =>
  async (
    viewer: Viewer,
    linkIds: readonly string[],
    request: PageRequest,
  ): Promise<ReadonlyMap<string, Page<BatchScan>>> =>
    batchScans.pagesByLink(authorize(viewer, READERS), linkIds, request);

/** Installations by link, for links that the viewer was shown. */
export const findInstallCounts =
  ({ installs }: Pick<Dependencies, 'installs'>) =>
  async (viewer: Viewer, linkIds: readonly string[]): Promise<ReadonlyMap<string, number>> => {
    authorize(viewer, READERS);
    return installs.counts(linkIds);
  };
