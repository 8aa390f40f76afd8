import { createLoader, type Loader } from '@daikaifa/graphql';
import type { Page, PageRequest, Viewer } from '@daikaifa/kernel';
import type { TemplateFilter } from '../application/ports';
import type { UseCases } from '../application/use-cases';
import type { DelegatedTemplate } from '../domain/delegated-template';
import type { Publisher } from '../domain/publisher';
import type { TemplateSignals } from '../domain/template-signals';

/** Made anew for each request. */
export interface GraphqlContext {
  readonly viewer: Viewer;
  readonly useCases: UseCases;
  readonly imageUrl: (sha256: string) => string;
  readonly publishers: Loader<Publisher>;
  readonly templates: Loader<DelegatedTemplate>;
  readonly signals: Loader<TemplateSignals>;
  /** The loader for these arguments: all publishers of the request, read together. */
  readonly templatesOf: (query: TemplateFilter & { readonly request: PageRequest }) => Loader<Page<DelegatedTemplate>>;
}

export const createGraphqlContext = (
  viewer: Viewer,
  { useCases, imageUrl }: Pick<GraphqlContext, 'useCases' | 'imageUrl'>,
): GraphqlContext => {
  const connections = new Map<string, Loader<Page<DelegatedTemplate>>>();
  return {
    viewer,
    useCases,
    imageUrl,
    publishers: createLoader((ids) => useCases.findPublishersByIds(viewer, ids)),
    templates: createLoader((ids) => useCases.findTemplatesByIds(viewer, ids)),
    signals: createLoader((ids) => useCases.findSignals(viewer, ids)),
    templatesOf: (query) => {
      const key = JSON.stringify(query);
      const loader =
        connections.get(key) ??
        createLoader((ids) => useCases.listTemplatesOfPublishers(viewer, ids, query));
      connections.set(key, loader);
      return loader;
    },
  };
};
