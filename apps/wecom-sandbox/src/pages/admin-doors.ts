import type { Sandbox } from '../sandbox';
import { addMember, createCorp } from '../control/directory';
import { cancelApp, disableApp, enableApp, setPermissions, setVisibleRange } from '../control/installations';
import { confirmLink } from '../control/links';
import { confirmPermissions, confirmPermissionsAgain, declinePermissions } from '../control/permission-requests';
import { corpPage, corpsPage } from './admin';
import { appPage, requestPage } from './admin-app';
import { authorizedPage, authorizePage, readChoice } from './authorize';
import { valuesOf, type Doors, type Params } from './doors';
import type { Html } from './html';

const openCorps = ({ page, form }: Doors, sandbox: Sandbox): void => {
  page('/admin', () => corpsPage(sandbox));
  page('/admin/corps/:corpId', ({ corpId }) => corpPage(sandbox, corpId!));
  form({
    path: '/admin/corps',
    operation: createCorp,
    input: (_params, typed) => valuesOf(typed),
    next: (corp) => `/admin/corps/${corp.corpId}`,
    refused: (_params, error) => corpsPage(sandbox, error),
  });
  form({
    path: '/admin/corps/:corpId/members',
    operation: addMember,
    input: (params, typed) => ({ ...valuesOf(typed), ...params, admin: typed.has('admin') }),
    next: (corp) => `/admin/corps/${corp.corpId}`,
    refused: ({ corpId }, error) => corpPage(sandbox, corpId!, error),
  });
};

const openApps = ({ page, form }: Doors, sandbox: Sandbox): void => {
  page('/admin/apps/:id', ({ id }) => appPage(sandbox, id!));
  const onApp = {
    next: (_output: unknown, { id }: Params) => `/admin/apps/${id}`,
    refused: ({ id }: Params, error: Html) => appPage(sandbox, id!, error),
  };
  form({
    ...onApp,
    path: '/admin/apps/:id/visible-range',
    operation: setVisibleRange,
    input: (params, typed) => ({
      ...params,
      users: typed.getAll('users'),
      parties: typed.getAll('parties').map(Number),
    }),
  });
  form({
    ...onApp,
    path: '/admin/apps/:id/permissions',
    operation: setPermissions,
    input: (params, typed) => ({ ...params, permissions: typed.getAll('permissions') }),
  });
  form({ ...onApp, path: '/admin/apps/:id/disable', operation: disableApp, input: (params) => params });
  form({ ...onApp, path: '/admin/apps/:id/enable', operation: enableApp, input: (params) => params });
  form({ ...onApp, path: '/admin/apps/:id/cancel', operation: cancelApp, input: (params) => params });
};

const openRequests = ({ page, form }: Doors, sandbox: Sandbox): void => {
  page('/admin/requests/:requestId', ({ requestId }) => requestPage(sandbox, requestId!));
  const onRequest = {
    input: (params: Params, typed: URLSearchParams) => ({ ...valuesOf(typed), ...params }),
    next: (_output: unknown, { requestId }: Params) => `/admin/requests/${requestId}`,
    refused: ({ requestId }: Params, error: Html) => requestPage(sandbox, requestId!, error),
  };
  form({ ...onRequest, path: '/admin/requests/:requestId/confirm', operation: confirmPermissions });
  form({ ...onRequest, path: '/admin/requests/:requestId/confirm-second', operation: confirmPermissionsAgain });
  form({ ...onRequest, path: '/admin/requests/:requestId/decline', operation: declinePermissions });
};

export const openAuthorization = ({ page, form }: Doors, sandbox: Sandbox): void => {
  page('/auth/:linkId', ({ linkId }) => authorizePage(sandbox, linkId!));
  page('/auth/:linkId/done/:corpId', ({ linkId, corpId }) => authorizedPage(sandbox, linkId!, corpId!));
  form({
    path: '/auth/:linkId',
    operation: confirmLink,
    input: (params, typed) => ({ ...params, ...readChoice(typed.get('choice') ?? '') }),
    next: (_output, { linkId }, typed) => `/auth/${linkId}/done/${readChoice(typed.get('choice') ?? '').corpId}`,
    refused: ({ linkId }, error) => authorizePage(sandbox, linkId!, error),
  });
};

export const openAdmin = (doors: Doors, sandbox: Sandbox): void => {
  openCorps(doors, sandbox);
  openApps(doors, sandbox);
  openRequests(doors, sandbox);
};
