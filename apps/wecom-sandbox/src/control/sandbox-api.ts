import type { FastifyInstance } from 'fastify';
import type { Sandbox } from '../sandbox';
import * as adminMessages from './admin-messages';
import * as apps from './apps';
import * as chat from './chat';
import * as directory from './directory';
import * as faults from './faults';
import * as installations from './installations';
import * as launches from './launches';
import * as links from './links';
import * as observation from './observation';
import { erase, type AnyOperation } from './operation';
import * as permissionRequests from './permission-requests';
import * as templates from './templates';

export interface OperationGroup {
  readonly zh: string;
  readonly en: string;
  readonly operations: readonly AnyOperation[];
}

/** The whole of /sandbox/api; the documentation page is made from it. */
export const OPERATION_GROUPS: readonly OperationGroup[] = [
  {
    zh: '服务商与企业',
    en: 'Providers and corps',
    operations: [
      erase(directory.createProvider),
      erase(directory.listProviders),
      erase(directory.getProvider),
      erase(directory.setIpWhitelist),
      erase(directory.addTestCorp),
      erase(directory.createCorp),
      erase(directory.listCorps),
      erase(directory.addMember),
      erase(adminMessages.listAdminMessages),
    ],
  },
  {
    zh: '模版',
    en: 'Templates',
    operations: [
      erase(templates.createTemplate),
      erase(templates.listTemplates),
      erase(templates.getTemplate),
      erase(templates.changeCallback),
      erase(templates.launchTemplate),
      erase(templates.refreshTicket),
      erase(links.createBatchLink),
    ],
  },
  {
    zh: '授权与应用',
    en: 'Authorizations and apps',
    operations: [
      erase(links.getLink),
      erase(links.confirmLink),
      erase(installations.listInstallations),
      erase(installations.getInstallation),
      erase(installations.setVisibleRange),
      erase(installations.setPermissions),
      erase(installations.disableApp),
      erase(installations.enableApp),
      erase(installations.cancelApp),
      erase(installations.resetSecret),
    ],
  },
  {
    zh: '代开发应用',
    en: 'The app of a corp',
    operations: [
      erase(apps.startDevelopment),
      erase(apps.editApp),
      erase(launches.submitApps),
      erase(launches.withdrawReview),
      erase(launches.giveVerdict),
      erase(launches.launchApp),
    ],
  },
  {
    zh: '自定义权限',
    en: 'Custom permissions',
    operations: [
      erase(permissionRequests.requestPermissions),
      erase(permissionRequests.withdrawPermissions),
      erase(permissionRequests.confirmPermissions),
      erase(permissionRequests.confirmPermissionsAgain),
      erase(permissionRequests.declinePermissions),
      erase(permissionRequests.listPermissionRequests),
      erase(permissionRequests.getPermissionRequest),
    ],
  },
  {
    zh: '成员使用应用',
    en: 'Members use the app',
    operations: [
      erase(chat.sendText),
      erase(chat.enterApp),
      erase(chat.clickMenu),
      erase(chat.listMessages),
    ],
  },
  {
    zh: '故障',
    en: 'Faults on order',
    operations: [
      erase(faults.orderFault),
      erase(faults.listFaults),
      erase(faults.getFault),
      erase(faults.releaseFault),
      erase(faults.removeFault),
      erase(faults.clearFaults),
    ],
  },
  {
    zh: '观察与设置',
    en: 'Observation and settings',
    operations: [
      erase(observation.getState),
      erase(observation.listPushes),
      erase(observation.getPush),
      erase(observation.resendPush),
      erase(observation.getCalls),
      erase(observation.clearCalls),
      erase(observation.getSecrets),
      erase(observation.getClock),
      erase(observation.setClock),
      erase(observation.getLimits),
      erase(observation.changeLimits),
      erase(observation.listBans),
      erase(observation.clearBans),
    ],
  },
];

export const SANDBOX_API_PREFIX = '/sandbox/api';

const asObject = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};

export const registerSandboxApi = (server: FastifyInstance, sandbox: Sandbox): void => {
  for (const operation of OPERATION_GROUPS.flatMap((group) => group.operations)) {
    server.route({
      method: operation.method,
      url: `${SANDBOX_API_PREFIX}${operation.path}`,
      handler: async (request) =>
        operation.call(sandbox, { ...asObject(request.query), ...asObject(request.body), ...asObject(request.params) }),
    });
  }
};
