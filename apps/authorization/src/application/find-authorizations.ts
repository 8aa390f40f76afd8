import { authorize, READERS, type Page, type PageRequest, type Viewer } from '@daikaifa/kernel';
import type { Authorization, CorpFacts } from '../domain/authorization';
import type { Exchange } from '../domain/exchange';
import type { AuthorizationFilter } from './authorization-ports';
import type { Dependencies } from './ports';

type Reads = Pick<Dependencies, 'authorizations' | 'exchanges'>;

/** What is missing from the map does not exist or belongs to another tenant. */
export const findAuthorizationsByIds =
  ({ authorizations }: Reads) =>
  async (viewer: Viewer, ids: readonly string[]): Promise<ReadonlyMap<string, Authorization>> =>
    authorizations.byIds(authorize(viewer, READERS), ids);

export const listAuthorizations =
  ({ authorizations }: Reads) =>
  async (
    viewer: Viewer,
    query: AuthorizationFilter & { readonly templateId?: string; readonly request: PageRequest },
  ): Promise<Page<Authorization>> => {
    const { request, ...filter } = query;
    return authorizations.page(authorize(viewer, READERS), filter, request);
  };

/** One page per template, read together for all. */
export const listAuthorizationsOfTemplates =
  ({ authorizations }: Reads) =>
  async (
    viewer: Viewer,
    templateIds: readonly string[],
    query: AuthorizationFilter & { readonly request: PageRequest },
  ): Promise<ReadonlyMap<string, Page<Authorization>>> => {
    const { request, ...filter } = query;
    return authorizations.pagesByTemplate(authorize(viewer, READERS), templateIds, filter, request);
  };

/** One page per template, read together for all. */
export const listExchangesOfTemplates =
  ({ exchanges }: Reads) =>
  async (
    viewer: Viewer,
    templateIds: readonly string[],
    request: PageRequest,
  ): Promise<ReadonlyMap<string, Page<Exchange>>> =>
    exchanges.pagesByTemplate(authorize(viewer, READERS), templateIds, request);

/** A corp as the caller's tenants see it. */
export interface KnownCorp {
  /** Encrypted corp id. */
  readonly id: string;
  /** Null once its last authorization was cancelled. */
  readonly facts: CorpFacts | null;
}

const isNewer = (one: Authorization, other: Authorization | undefined): boolean =>
  other === undefined || one.updatedAt > other.updatedAt;

/** Corps that authorized one of the caller's tenants, by encrypted corp id; of several facts the newest. */
export const findCorps =
  ({ authorizations }: Reads) =>
  async (viewer: Viewer, corpIds: readonly string[]): Promise<ReadonlyMap<string, KnownCorp>> => {
    const found = await authorizations.byCorps(authorize(viewer, READERS), corpIds);
    const newest = new Map<string, Authorization>();
    const rank = (one: Authorization): boolean => {
      const other = newest.get(one.corpId);
      const oneKnows = one.corp !== null;
      const otherKnows = other !== undefined && other.corp !== null;
      return oneKnows === otherKnows ? isNewer(one, other) : oneKnows;
    };
    for (const one of found) {
      if (rank(one)) {
        newest.set(one.corpId, one);
      }
    }
    return new Map([...newest].map(([id, { corp }]) => [id, { id, facts: corp }]));
  };
