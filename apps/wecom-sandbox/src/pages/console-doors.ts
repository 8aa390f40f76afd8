import type { Sandbox } from '../sandbox';
import { addTestCorp, createProvider, setIpWhitelist } from '../control/directory';
import { submitApps } from '../control/launches';
import { createBatchLink } from '../control/links';
import { changeCallback, createTemplate, launchTemplate, refreshTicket } from '../control/templates';
import { openConsoleApps } from './console-app-doors';
import { batchLinkPage } from './console-links';
import { newTemplatePage, providerPage, providersPage } from './console-provider';
import { templatePage } from './console-template';
import { addressesOf, valuesOf, type Doors, type Params } from './doors';
import type { Html } from './html';

const openProviders = ({ page, form }: Doors, sandbox: Sandbox): void => {
  page('/console', () => providersPage(sandbox));
  page('/console/providers/:corpId', ({ corpId }) => providerPage(sandbox, corpId!));
  page('/console/providers/:corpId/templates/new', ({ corpId }) => newTemplatePage(sandbox, corpId!));
  form({
    path: '/console/providers',
    operation: createProvider,
    input: (_params, typed) => valuesOf(typed),
    next: (provider) => `/console/providers/${provider.corpId}`,
    refused: (_params, error) => providersPage(sandbox, error),
  });
  const onProvider = {
    next: (provider: { corpId: string }) => `/console/providers/${provider.corpId}`,
    refused: ({ corpId }: Params, error: Html) => providerPage(sandbox, corpId!, error),
  };
  form({
    ...onProvider,
    path: '/console/providers/:corpId/ip-whitelist',
    operation: setIpWhitelist,
    input: (params, typed) => ({ ...params, ips: addressesOf(typed) }),
  });
  form({
    ...onProvider,
    path: '/console/providers/:corpId/test-corps',
    operation: addTestCorp,
    input: (params, typed) => ({ ...valuesOf(typed), ...params }),
  });
  page('/console/links/:linkId', ({ linkId }) => batchLinkPage(sandbox, linkId!));
  form({
    path: '/console/providers/:corpId/batch-links',
    operation: createBatchLink,
    input: (params, typed) => ({ ...params, suiteIds: typed.getAll('suiteIds') }),
    next: (link) => `/console/links/${link.id}`,
    refused: onProvider.refused,
  });
  form({
    path: '/console/providers/:corpId/templates/new',
    operation: createTemplate,
    input: ({ corpId }, typed) => ({ ...valuesOf(typed), providerCorpId: corpId }),
    next: (template) => `/console/templates/${template.suiteId}`,
    refused: ({ corpId }, error, typed) => newTemplatePage(sandbox, corpId!, valuesOf(typed), error),
  });
};

const openTemplates = ({ page, form }: Doors, sandbox: Sandbox): void => {
  page('/console/templates/:suiteId', ({ suiteId }) => templatePage(sandbox, suiteId!));
  const onTemplate = {
    next: (_output: unknown, { suiteId }: Params) => `/console/templates/${suiteId}`,
    refused: ({ suiteId }: Params, error: Html) => templatePage(sandbox, suiteId!, { error }),
  };
  form({
    ...onTemplate,
    path: '/console/templates/:suiteId/callback',
    operation: changeCallback,
    input: (params, typed) => ({ ...valuesOf(typed), ...params }),
    refused: ({ suiteId }, error, typed) => templatePage(sandbox, suiteId!, { error, values: valuesOf(typed) }),
  });
  form({
    ...onTemplate,
    path: '/console/templates/:suiteId/launch',
    operation: launchTemplate,
    input: (params) => params,
  });
  form({
    ...onTemplate,
    path: '/console/templates/:suiteId/ticket',
    operation: refreshTicket,
    input: (params) => params,
  });
  form({
    ...onTemplate,
    path: '/console/templates/:suiteId/submit-apps',
    operation: submitApps,
    input: (params, typed) => ({ ...params, installationIds: typed.getAll('installationIds') }),
  });
};

export const openConsole = (doors: Doors, sandbox: Sandbox): void => {
  openProviders(doors, sandbox);
  openTemplates(doors, sandbox);
  openConsoleApps(doors, sandbox);
};
