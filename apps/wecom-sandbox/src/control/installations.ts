import { z } from 'zod';
import { badUserInput, invalidState, text } from '@daikaifa/kernel';
import type { Sandbox } from '../sandbox';
import { effectivePermissions } from '../rules/permissions';
import { generate } from '../store/generate';
import type { Installation } from '../store/types';
import { eventXml } from '../wire/xml';
import {
  changeAuth,
  requireInstalled,
  saveAndPush,
  specialAuth,
  type AppNews,
  type InstallationView,
} from './change-app';
import { find } from './find';
import type { Operation } from './operation';
import { voidRequest } from './permission-requests';
import { recordSubscriptions, usersOf } from './subscriptions';
import { installationView } from './views';

const idInput = z.object({ id: z.string() });

const saveChange = (sandbox: Sandbox, app: Installation): InstallationView =>
  saveAndPush(sandbox, app, [changeAuth(app)]);

export const setVisibleRange: Operation<
  { id: string; users: string[]; parties: number[]; tags: number[] },
  InstallationView
> = {
  method: 'PUT',
  path: '/installations/:id/visible-range',
  zh: '企业管理员设置可见范围（推送 change_auth；应用上线后向其回调推送成员的 subscribe、unsubscribe）',
  en: "the corp's admin sets the visible range (change_auth; subscribe, unsubscribe to a launched app)",
  fields: 'users: string[], parties: number[], tags: number[]',
  input: idInput.extend({
    users: z.array(z.string()).default([]),
    parties: z.array(z.number().int()).default([]),
    tags: z.array(z.number().int()).default([]),
  }),
  run: (sandbox, { id, users, parties, tags }) => {
    const app = requireInstalled(sandbox, id);
    const corp = find.corp(sandbox, app.corpId);
    const unknown = [
      ...users.filter((userId) => !corp.members.some((member) => member.userId === userId)),
      ...parties.filter((partyId) => !corp.departments.some((department) => department.id === partyId)).map(String),
    ];
    if (unknown.length > 0) {
      const given = unknown.join(', ');
      const wording = text(`企业中没有：${given}`, `not in this corp: ${given}`);
      throw badUserInput([{ field: 'users', code: 'UNKNOWN', severity: 'ERROR', text: wording, given }]);
    }
    const next = { ...app, allowUsers: users, allowParties: parties, allowTags: tags };
    return saveAndPush(sandbox, next, [changeAuth(next)], () =>
      recordSubscriptions(sandbox, next, usersOf(app, corp.members)),
    );
  },
};

const switchApp = (closed: boolean): Operation<{ id: string }, InstallationView> => ({
  method: 'POST',
  path: `/installations/:id/${closed ? 'disable' : 'enable'}`,
  zh: `企业管理员${closed ? '停用' : '启用'}应用（推送 change_auth）`,
  en: `the corp's admin ${closed ? 'disables' : 'enables'} the app (change_auth)`,
  input: idInput,
  run: (sandbox, { id }) => {
    const app = requireInstalled(sandbox, id);
    if (app.closed === closed) {
      throw invalidState(
        closed ? text('应用已停用', 'the app is disabled already') : text('应用未停用', 'the app is not disabled'),
      );
    }
    return saveChange(sandbox, { ...app, closed });
  },
});

export const disableApp = switchApp(true);
export const enableApp = switchApp(false);

export const setPermissions: Operation<{ id: string; permissions: string[] }, InstallationView> = {
  method: 'PUT',
  path: '/installations/:id/permissions',
  zh: '企业管理员修改应用权限（立即生效，推送 change_auth）',
  en: "the corp's admin replaces the custom permissions (effective at once, change_auth)",
  fields: 'permissions: string[]',
  input: idInput.extend({ permissions: z.array(z.string().regex(/^\w+:\w+:\w+$/, 'group:sub:item')).default([]) }),
  run: (sandbox, { id, permissions }) => {
    const app = requireInstalled(sandbox, id);
    const next = { ...app, permissions: [...new Set(permissions)], conversionDataUntil: 0 };
    const before = effectivePermissions(app, sandbox.nowMs());
    return saveAndPush(sandbox, next, [...specialAuth(before, next.permissions), changeAuth(next)]);
  },
};

export const cancelApp: Operation<{ id: string }, InstallationView> = {
  method: 'POST',
  path: '/installations/:id/cancel',
  zh: '企业管理员取消授权（推送 cancel_auth）',
  en: "the corp's admin cancels the authorization (cancel_auth)",
  input: idInput,
  run: (sandbox, { id }) => {
    const app: Installation = { ...requireInstalled(sandbox, id), cancelledAt: sandbox.nowMs(), review: 'NONE' };
    return saveAndPush(sandbox, app, [{ infoType: 'cancel_auth', xml: eventXml.cancelAuth }], () => {
      voidRequest(sandbox, id);
      return [];
    });
  },
};

export const resetSecret: Operation<{ id: string }, InstallationView> = {
  method: 'POST',
  path: '/installations/:id/reset-secret',
  zh: '服务商重新获取应用 secret（推送 reset_permanent_code）',
  en: "the provider resets the app's secret (reset_permanent_code)",
  input: idInput,
  run: (sandbox, { id }) => {
    const app = requireInstalled(sandbox, id);
    const authCode = sandbox.keepSecret('auth_code', app.id, generate.authCode());
    sandbox.store.authCodes.put({
      id: authCode,
      suiteId: app.suiteId,
      installationId: app.id,
      expiresAt: sandbox.nowMs() + sandbox.limits().authCodeLifeMs,
    });
    const xml: AppNews['xml'] = (about) => eventXml.resetPermanentCode({ ...about, authCode });
    return saveAndPush(sandbox, app, [{ infoType: 'reset_permanent_code', xml }]);
  },
};

export const listInstallations: Operation<
  { suiteId?: string | undefined; corpId?: string | undefined; state?: string | undefined },
  InstallationView[]
> = {
  method: 'GET',
  path: '/installations',
  zh: '已安装应用（?suiteId= ?corpId= ?state=）',
  en: 'installed apps (?suiteId= ?corpId= ?state=)',
  input: z.object({ suiteId: z.string().optional(), corpId: z.string().optional(), state: z.string().optional() }),
  run: (sandbox, filter) =>
    sandbox.store.installations
      .find(Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined)))
      .map((app) => installationView(sandbox, app)),
};

export const getInstallation: Operation<{ id: string }, InstallationView> = {
  method: 'GET',
  path: '/installations/:id',
  zh: '应用详情',
  en: 'one installed app',
  input: idInput,
  run: (sandbox, { id }) => installationView(sandbox, find.installation(sandbox, id)),
};
