import { randomUUID } from 'node:crypto';
import { operations } from '@daikaifa/client';
import type { Stack } from '@daikaifa/stack';
import { found } from './doors';
import { onNewest } from './newest';
import type { Doors } from './provider';
import type { Timeline } from './timeline';
import { until } from './until';

export const CUSTOMERS = 'externalcontact:base:base';
const DEPARTMENTS = 'corp_arch:base:base';
const ASKED_API = 'externalcontact/list';

export const findPermissions = async ({ developer }: Doors, id: string) =>
  found((await developer.ask(operations.PermissionsOfCorpAppDocument, { id })).permissionSet, 'the permissions');

export const untilPermissions = (doors: Doors, id: string, what: string, holds: (set: Awaited<ReturnType<typeof findPermissions>>) => boolean) =>
  until(what, () => findPermissions(doors, id), holds);

export const requestPermissions = (doors: Doors, permissionSetId: string, permissions: readonly string[]) => {
  const idempotencyKey = randomUUID();
  return onNewest(
    () => findPermissions(doors, permissionSetId),
    async ({ version: expectedVersion }) => {
      const input = { permissionSetId, expectedVersion, idempotencyKey, permissions };
      return (await doors.developer.ask(operations.RequestPermissionsDocument, { input })).requestPermissions;
    },
  );
};

/** The same edit in WeCom's console, which writes to the corp's admin. @returns the id of the request at WeCom */
export const requestInConsole = async ({ sandbox }: Doors, installationId: string, permissions: readonly string[]): Promise<string> =>
  (await sandbox.call<{ id: string }>('POST', `/installations/${installationId}/permission-requests`, { permissions })).id;

const marksOf = ({ settings }: Awaited<ReturnType<typeof findPermissions>>): string =>
  settings.map(({ permission, mark }) => `${permission.name.zh}${mark ? ` (${mark.zh})` : ''}`).join(', ') || 'none';

export const grantPermissions = async (
  stack: Stack,
  doors: Doors,
  known: { readonly corpAppId: string; readonly installationId: string },
  timeline: Timeline,
): Promise<void> => {
  const { developer, sandbox } = doors;
  const { corpAppId, installationId } = known;
  const asked = [CUSTOMERS, DEPARTMENTS];

  await timeline.step('GraphQL', '申请自定义权限 · ask for custom permissions', async () => {
    await until('the permissions of the app', async () => (await developer.ask(operations.PermissionsOfCorpAppDocument, { id: corpAppId })).permissionSet, (set) => set !== null);
    const { permissionSet } = await requestPermissions(doors, corpAppId, asked);
    return { observed: marksOf(permissionSet), value: undefined };
  });
  await timeline.step('WeCom admin', '企业暂不授权 · the corp declines', async () => {
    const id = await requestInConsole(doors, installationId, asked);
    await sandbox.call('POST', `/permission-requests/${id}/decline`, {});
    return { observed: 'WeCom tells nobody', value: undefined };
  });
  await timeline.step('GraphQL', '登记暂不授权, 回退 · the refusal is written down', async () => {
    const { permissionSet } = await onNewest(
      () => findPermissions(doors, corpAppId),
      async ({ version: expectedVersion }) => {
        const input = { permissionSetId: corpAppId, expectedVersion };
        return (await developer.ask(operations.RecordPermissionDeclineDocument, { input })).recordPermissionDecline;
      },
    );
    return { observed: `${permissionSet.requests.nodes[0]?.state}, settings: ${marksOf(permissionSet)}`, value: undefined };
  });
  await timeline.step('WeCom admin', '再次申请, 企业同意 · asked again, the corp agrees', async () => {
    await requestPermissions(doors, corpAppId, asked);
    const id = await requestInConsole(doors, installationId, asked);
    await sandbox.call('POST', `/permission-requests/${id}/confirm`, {});
    return { observed: 'change_auth pushed', value: undefined };
  });
  await timeline.step('machine', '已授权, 变更可见 · granted, the difference shown', async () => {
    const set = await untilPermissions(doors, corpAppId, 'the grant', ({ requests }) => requests.nodes[0]?.state === 'GRANTED');
    const { added } = found(set.requests.nodes[0], 'the request').difference;
    return { observed: `GRANTED by ${set.requests.nodes[0]?.end?.by}: + ${added.map(({ name }) => name.zh).join(' + ')}`, value: undefined };
  });
  await timeline.step('HTTP', '后端询问可否调用接口 · a backend asks what the app may call', async () => {
    const ask = async () => {
      const answer = await fetch(`${stack.urls.permission}/v1/corp-apps/${corpAppId}/permissions/${ASKED_API}`, {
        headers: { authorization: `Bearer ${doors.backendToken}` },
      });
      return (await answer.json()) as { allowed?: boolean; reason?: string };
    };
    const { allowed, reason } = await until('the permission', ask, (one) => one.allowed === true);
    return { observed: `${ASKED_API}: ${allowed === true ? 'yes' : 'no'}, ${reason}`, value: undefined };
  });
};
