import { z } from 'zod';
import { badUserInput, invalidState, text } from '@daikaifa/kernel';
import type { Sandbox } from '../sandbox';
import { nextPublishStatus, PUBLISH_ACTIONS, type PublishAction } from '../rules/publish-status';
import { encryptedCorpId } from '../store/encrypted-ids';
import { generate } from '../store/generate';
import type { InfoType, Installation } from '../store/types';
import { eventXml } from '../wire/xml';
import { find } from './find';
import type { Operation } from './operation';
import { installationView } from './views';

type InstallationView = ReturnType<typeof installationView>;
const idInput = z.object({ id: z.string() });

const requireInstalled = (sandbox: Sandbox, id: string): Installation => {
  const app = find.installation(sandbox, id);
  if (app.cancelledAt !== undefined) {
    throw invalidState(text('企业已取消授权', 'the corp has cancelled this authorization'));
  }
  return app;
};

/** Saves the app and tells the template's callback about it, in one transaction. */
const saveAndPush = (
  sandbox: Sandbox,
  app: Installation,
  infoType: InfoType,
  xml: (atSec: number) => string,
): InstallationView => {
  const push = sandbox.store.transaction(() => {
    sandbox.store.installations.put(app);
    const atSec = Math.floor(sandbox.nowMs() / 1000);
    return sandbox.pusher.record({ suiteId: app.suiteId, infoType, xml: xml(atSec), corpId: app.corpId });
  });
  sandbox.pusher.start(push);
  return installationView(sandbox, app);
};

const saveChange = (sandbox: Sandbox, app: Installation): InstallationView => {
  const authCorpId = encryptedCorpId(sandbox.store, app.providerId, app.corpId);
  return saveAndPush(sandbox, app, 'change_auth', (atSec) =>
    eventXml.changeAuth({ suiteId: app.suiteId, atSec, authCorpId, state: app.state }),
  );
};

export const setVisibleRange: Operation<
  { id: string; users: string[]; parties: number[]; tags: number[] },
  InstallationView
> = {
  method: 'PUT',
  path: '/installations/:id/visible-range',
  zh: '企业管理员设置可见范围（推送 change_auth）',
  en: "the corp's admin sets the visible range (change_auth)",
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
    return saveChange(sandbox, { ...app, allowUsers: users, allowParties: parties, allowTags: tags });
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
  run: (sandbox, { id, permissions }) =>
    saveChange(sandbox, { ...requireInstalled(sandbox, id), permissions: [...new Set(permissions)] }),
};

export const cancelApp: Operation<{ id: string }, InstallationView> = {
  method: 'POST',
  path: '/installations/:id/cancel',
  zh: '企业管理员取消授权（推送 cancel_auth）',
  en: "the corp's admin cancels the authorization (cancel_auth)",
  input: idInput,
  run: (sandbox, { id }) => {
    const app = { ...requireInstalled(sandbox, id), cancelledAt: sandbox.nowMs() };
    const authCorpId = encryptedCorpId(sandbox.store, app.providerId, app.corpId);
    return saveAndPush(sandbox, app, 'cancel_auth', (atSec) =>
      eventXml.cancelAuth({ suiteId: app.suiteId, atSec, authCorpId }),
    );
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
    return saveAndPush(sandbox, app, 'reset_permanent_code', (atSec) =>
      eventXml.resetPermanentCode({ suiteId: app.suiteId, atSec, authCode }),
    );
  },
};

/** No event follows: the provider reads it with agent/get. */
export const advancePublishStatus: Operation<{ id: string; action: PublishAction }, InstallationView> = {
  method: 'POST',
  path: '/installations/:id/publish-status',
  zh: '服务商推进应用：开始代开发、上线、修改（无推送）',
  en: 'the provider starts, launches or edits the app (no push)',
  fields: `action: ${PUBLISH_ACTIONS.join(' | ')}`,
  input: idInput.extend({ action: z.enum(PUBLISH_ACTIONS) }),
  run: (sandbox, { id, action }) => {
    const app = requireInstalled(sandbox, id);
    const publishStatus = nextPublishStatus(app.publishStatus, action);
    if (publishStatus === undefined) {
      throw invalidState(text('当前状态不可执行此操作', 'not possible in the current state'), {
        publishStatus: app.publishStatus,
      });
    }
    return installationView(sandbox, sandbox.store.installations.put({ ...app, publishStatus }));
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
