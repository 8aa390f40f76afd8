import { authorize, READERS, type Page, type PageRequest, type Viewer } from '@daikaifa/kernel';
import { appEndpointIdOf, endpointIdOf, type Endpoint } from '../domain/endpoint';
import type { Receipt } from '../domain/receipt';
import type { Refusal } from '../domain/refusal';
import type { Dependencies } from './ports';

/** What is missing from the map does not exist or belongs to another tenant. */
export const findEndpointsByIds =
  ({ endpoints }: Pick<Dependencies, 'endpoints'>) =>
  async (viewer: Viewer, ids: readonly string[]): Promise<ReadonlyMap<string, Endpoint>> =>
    endpoints.byIds(authorize(viewer, READERS), ids);

/** By the app's id: its own endpoint, or the template's that it shares. */
export const findEndpointsOfApps =
  ({ endpoints, directory }: Pick<Dependencies, 'endpoints' | 'directory'>) =>
  async (viewer: Viewer, corpAppIds: readonly string[]): Promise<ReadonlyMap<string, Endpoint>> => {
    const scope = authorize(viewer, READERS);
    const apps = [...(await directory.appsByIds(scope, corpAppIds)).values()].map((app) => ({
      corpAppId: app.corpAppId,
      endpointId: app.own ? appEndpointIdOf(app.corpAppId) : endpointIdOf(app.templateId),
    }));
    const found = await endpoints.byIds(scope, [...new Set(apps.map(({ endpointId }) => endpointId))]);
    return new Map(
      apps.flatMap(({ corpAppId, endpointId }) => {
        const endpoint = found.get(endpointId);
        return endpoint === undefined ? [] : [[corpAppId, endpoint] as const];
      }),
    );
  };

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
