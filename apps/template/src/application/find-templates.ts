import { authorize, authorizeTenant, READERS, type Page, type PageRequest, type Viewer } from '@daikaifa/kernel';
import type { DelegatedTemplate } from '../domain/delegated-template';
import type { TemplateSignals } from '../domain/template-signals';
import type { Dependencies, TemplateFilter } from './ports';

/** What is missing from the map does not exist or belongs to another tenant. */
export const findTemplatesByIds =
  ({ templates }: Pick<Dependencies, 'templates'>) =>
  async (viewer: Viewer, ids: readonly string[]): Promise<ReadonlyMap<string, DelegatedTemplate>> =>
    templates.byIds(authorize(viewer, READERS), ids);

export const listTemplates =
  ({ templates }: Pick<Dependencies, 'templates'>) =>
  async (
    viewer: Viewer,
    query: TemplateFilter & { readonly publisherId?: string; readonly request: PageRequest },
  ): Promise<Page<DelegatedTemplate>> => {
    const { publisherId, statuses, request } = query;
    const scope =
      publisherId === undefined ? authorize(viewer, READERS) : authorizeTenant(viewer, READERS, publisherId);
    return templates.page(scope, { statuses, ...(publisherId !== undefined && { publisherId }) }, request);
  };

/** One page per publisher, read together for all. */
export const listTemplatesOfPublishers =
  ({ templates }: Pick<Dependencies, 'templates'>) =>
  async (
    viewer: Viewer,
    publisherIds: readonly string[],
    query: TemplateFilter & { readonly request: PageRequest },
  ): Promise<ReadonlyMap<string, Page<DelegatedTemplate>>> =>
    templates.pagesByPublisher(authorize(viewer, READERS), publisherIds, query, query.request);

export const findSignals =
  ({ signals }: Pick<Dependencies, 'signals'>) =>
  async (viewer: Viewer, templateIds: readonly string[]): Promise<ReadonlyMap<string, TemplateSignals>> =>
    signals.byTemplates(authorize(viewer, READERS), templateIds);
