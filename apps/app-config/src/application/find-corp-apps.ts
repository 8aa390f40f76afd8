import { authorize, authorizeTenant, READERS, type Page, type PageRequest, type Viewer } from '@daikaifa/kernel';
import type { RuleSet } from '@daikaifa/rules';
import type { CorpApp } from '../domain/corp-app';
import type { EndpointSignal } from '../domain/sources';
import type { CorpAppFilter, Dependencies } from './ports';

/** What is missing from the map does not exist or belongs to another tenant. */
export const findCorpAppsByIds =
  ({ corpApps }: Pick<Dependencies, 'corpApps'>) =>
  async (viewer: Viewer, ids: readonly string[]): Promise<ReadonlyMap<string, CorpApp>> =>
    corpApps.byIds(authorize(viewer, READERS), ids);

export const listCorpApps =
  ({ corpApps }: Pick<Dependencies, 'corpApps'>) =>
  async (
    viewer: Viewer,
    query: CorpAppFilter & { readonly publisherId?: string; readonly templateId?: string; readonly request: PageRequest },
  ): Promise<Page<CorpApp>> => {
    const { request, ...filter } = query;
    const scope =
      filter.publisherId === undefined
        ? authorize(viewer, READERS)
        : authorizeTenant(viewer, READERS, filter.publisherId);
    return corpApps.page(scope, filter, request);
  };

/** One page per template, read together for all. */
export const listCorpAppsOfTemplates =
  ({ corpApps }: Pick<Dependencies, 'corpApps'>) =>
  async (
    viewer: Viewer,
    templateIds: readonly string[],
    query: CorpAppFilter & { readonly request: PageRequest },
  ): Promise<ReadonlyMap<string, Page<CorpApp>>> =>
    corpApps.pagesByTemplate(authorize(viewer, READERS), templateIds, query, query.request);

/** Of the current epoch of each authorization. */
export const findCurrentCorpApps =
  ({ corpApps }: Pick<Dependencies, 'corpApps'>) =>
  async (viewer: Viewer, authorizationIds: readonly string[]): Promise<ReadonlyMap<string, CorpApp>> =>
    corpApps.currentOf(authorize(viewer, READERS), authorizationIds);

/** Callback endpoints of templates and apps. */
export const findEndpoints =
  ({ endpoints }: Pick<Dependencies, 'endpoints'>) =>
  async (viewer: Viewer, subjectIds: readonly string[]): Promise<ReadonlyMap<string, EndpointSignal>> =>
    endpoints.bySubjects(authorize(viewer, READERS), subjectIds);

/** The field rules of corp apps, as this deployment applies them. */
export const findRules =
  ({ rules }: Pick<Dependencies, 'rules'>) =>
  (viewer: Viewer): RuleSet => {
    authorize(viewer, READERS);
    return rules;
  };
