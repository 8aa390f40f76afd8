import { authorize, READERS, type Viewer } from '@daikaifa/kernel';
import { CATALOGUE, type PermissionCatalogue } from '../domain/permission-catalogue';
import type { PermissionSet } from '../domain/permission-set';
import type { Dependencies } from './ports';

/** What is missing from the map does not exist or belongs to another tenant. */
export const findSetsByIds =
  ({ sets }: Pick<Dependencies, 'sets'>) =>
  async (viewer: Viewer, ids: readonly string[]): Promise<ReadonlyMap<string, PermissionSet>> =>
    sets.byIds(authorize(viewer, READERS), ids);

export const findCatalogue =
  () =>
  (viewer: Viewer): PermissionCatalogue => {
    authorize(viewer, READERS);
    return CATALOGUE;
  };
