import { createLoader, type Loader } from '@daikaifa/graphql';
import type { Viewer } from '@daikaifa/kernel';
import type { UseCases } from '../application/use-cases';
import type { PermissionSet } from '../domain/permission-set';

/** Made anew for each request. */
export interface GraphqlContext {
  readonly viewer: Viewer;
  readonly useCases: UseCases;
  readonly sets: Loader<PermissionSet>;
}

export const createGraphqlContext = (viewer: Viewer, useCases: UseCases): GraphqlContext => ({
  viewer,
  useCases,
  sets: createLoader((ids) => useCases.findSetsByIds(viewer, ids)),
});
