import { authorize, READERS, type Page, type PageRequest, type Viewer } from '@daikaifa/kernel';
import type { Endpoint } from '../domain/endpoint';
import type { Receipt } from '../domain/receipt';
import type { Refusal } from '../domain/refusal';
import type { Dependencies } from './ports';

/** What is missing from the map does not exist or belongs to another tenant. */
export const findEndpointsByIds =
  ({ endpoints }: Pick<Dependencies, 'endpoints'>) =>
  async (viewer: Viewer, ids: readonly string[]): Promise<ReadonlyMap<string, Endpoint>> =>
    endpoints.byIds(authorize(viewer, READERS), ids);

export const listRefusals =
  ({ refusals }: Pick<Dependencies, 'refusals'>) =>
  async (
    viewer: Viewer,
    endpointIds: readonly string[],
    request: PageRequest,
  ): Promise<ReadonlyMap<string, Page<Refusal>>> =>
    refusals.pagesByEndpoint(authorize(viewer, READERS), endpointIds, request);

export const listReceipts =
  ({ receipts }: Pick<Dependencies, 'receipts'>) =>
  async (
    viewer: Viewer,
    endpointIds: readonly string[],
    request: PageRequest,
  ): Promise<ReadonlyMap<string, Page<Receipt>>> =>
    receipts.pagesByEndpoint(authorize(viewer, READERS), endpointIds, request);
