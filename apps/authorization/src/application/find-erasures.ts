import { authorize, READERS, type Page, type PageRequest, type Viewer } from '@daikaifa/kernel';
import type { ErasureRecord } from '../domain/erasure-record';
import type { Dependencies } from './ports';

type Reads = Pick<Dependencies, 'erasureRecords'>;

export const findErasureRecordsByIds =
  ({ erasureRecords }: Reads) =>
  async (viewer: Viewer, ids: readonly string[]): Promise<ReadonlyMap<string, ErasureRecord>> =>
    erasureRecords.byIds(authorize(viewer, READERS), ids);

/** One page per authorization, read together for all. */
export const listErasureRecords =
  ({ erasureRecords }: Reads) =>
  async (
    viewer: Viewer,
    authorizationIds: readonly string[],
    request: PageRequest,
  ): Promise<ReadonlyMap<string, Page<ErasureRecord>>> =>
    erasureRecords.pagesByAuthorization(authorize(viewer, READERS), authorizationIds, request);
