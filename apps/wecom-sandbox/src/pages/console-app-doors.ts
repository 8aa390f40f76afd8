import type { Sandbox } from '../sandbox';
import { editApp, startDevelopment } from '../control/apps';
import { find } from '../control/find';
import { resetSecret } from '../control/installations';
import { giveVerdict, launchApp, submitApps, withdrawReview } from '../control/launches';
import { requestPermissions, withdrawPermissions } from '../control/permission-requests';
import { consoleAppPage } from './console-app';
import { addressesOf, valuesOf, type Doors, type Params } from './doors';
import type { Html } from './html';

/** `type,name,value` a line; what is not of that form reaches the operation and is refused there. */
const menuOf = (typed: string): { type: string; name: string; value: string }[] =>
  typed
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [type = '', name = '', ...value] = line.split(',').map((part) => part.trim());
      return { type, name, value: value.join(',') };
    });

const appInputOf = ({ id }: Params, typed: URLSearchParams) => {
  const { miniProgramAppId = '', miniProgramName = '', menu = '', ...fields } = valuesOf(typed);
  return {
    ...fields,
    id,
    miniProgram: miniProgramAppId === '' ? null : { appId: miniProgramAppId, name: miniProgramName },
    menu: menuOf(menu),
    ipWhitelist: addressesOf(typed),
  };
};

export const openConsoleApps = ({ page, form }: Doors, sandbox: Sandbox): void => {
  page('/console/apps/:id', ({ id }) => consoleAppPage(sandbox, id!));
  const onApp = {
    next: (_output: unknown, { id }: Params) => `/console/apps/${id}`,
    refused: ({ id }: Params, error: Html) => consoleAppPage(sandbox, id!, { error }),
  };
  const typedApp = {
    ...onApp,
    input: appInputOf,
    refused: ({ id }: Params, error: Html, typed: URLSearchParams) =>
      consoleAppPage(sandbox, id!, { error, form: valuesOf(typed) }),
  };
  form({ ...typedApp, path: '/console/apps/:id/start', operation: startDevelopment });
  form({ ...typedApp, path: '/console/apps/:id/edit', operation: editApp });
  form({
    ...onApp,
    path: '/console/apps/:id/submit',
    operation: submitApps,
    input: ({ id }) => ({ suiteId: find.installation(sandbox, id!).suiteId, installationIds: [id] }),
  });
  form({ ...onApp, path: '/console/apps/:id/withdraw', operation: withdrawReview, input: (params) => params });
  form({
    ...onApp,
    path: '/console/apps/:id/verdict',
    operation: giveVerdict,
    input: (params, typed) => ({ ...valuesOf(typed), ...params }),
  });
  form({ ...onApp, path: '/console/apps/:id/launch', operation: launchApp, input: (params) => params });
  form({ ...onApp, path: '/console/apps/:id/reset-secret', operation: resetSecret, input: (params) => params });
  form({
    ...onApp,
    path: '/console/apps/:id/permissions',
    operation: requestPermissions,
    input: (params, typed) => ({ ...params, permissions: typed.getAll('permissions') }),
  });
  form({
    path: '/console/permission-requests/:requestId/withdraw',
    operation: withdrawPermissions,
    input: (params) => params,
    next: ({ installationId }) => `/console/apps/${installationId}`,
    refused: ({ requestId }, error) =>
      consoleAppPage(sandbox, find.permissionRequest(sandbox, requestId!).installationId, { error }),
  });
};
