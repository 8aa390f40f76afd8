import { authorize, READERS, type Page, type PageRequest, type Viewer } from '@daikaifa/kernel';
import type { Publisher } from '../domain/publisher';
import type { Dependencies } from './ports';

/** What is missing from the map does not exist or is not among the viewer's. */
export const findPublishersByIds =
  ({ publishers }: Pick<Dependencies, 'publishers'>) =>
  async (viewer: Viewer, ids: readonly string[]): Promise<ReadonlyMap<string, Publisher>> =>
    publishers.byIds(authorize(viewer, READERS), ids);

export const listPublishers =
  ({ publishers }: Pick<Dependencies, 'publishers'>) =>
  async (viewer: Viewer, request: PageRequest): Promise<Page<Publisher>> =>
    publishers.page(authorize(viewer, READERS), request);
