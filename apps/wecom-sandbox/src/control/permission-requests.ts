import { z } from 'zod';
import { AppError, badUserInput, invalidState, newId, text } from '@daikaifa/kernel';
import type { Sandbox } from '../sandbox';
import { violation } from '../rules/fields';
import { isOpenRequest, nextRequestState, REQUEST_STATES, REQUEST_TEXT } from '../rules/permission-request';
import type { RequestState, RequestStep } from '../rules/permission-request';
import {
  effectivePermissions,
  EXPIRING_PERMISSION,
  isKnownPermission,
  needsSecondConfirmation,
} from '../rules/permissions';
import type { PermissionRequest } from '../store/app-types';
import type { Installation } from '../store/types';
import { writeToAdmins } from './admin-messages';
import { changeAuth, requireInstalled, saveAndPush, specialAuth } from './change-app';
import { find } from './find';
import type { Operation } from './operation';
import { permissionRequestView } from './views';

type RequestView = ReturnType<typeof permissionRequestView>;

export const openRequest = (sandbox: Sandbox, installationId: string): PermissionRequest | undefined =>
  sandbox.store.permissionRequests.find({ installationId }).find(({ state }) => isOpenRequest(state));

/** @throws AppError INVALID_STATE where the request does not take this step */
const step = (request: PermissionRequest, wanted: RequestStep): RequestState => {
  const next = nextRequestState(request.state, wanted);
  if (next === undefined) {
    throw invalidState(
      text(
        `申请${REQUEST_TEXT[request.state].zh}，不可执行此操作`,
        `not possible: the request is ${REQUEST_TEXT[request.state].en}`,
      ),
      { state: request.state },
    );
  }
  return next;
};

const closeOpenRequest = (sandbox: Sandbox, installationId: string, wanted: RequestStep): void => {
  const open = openRequest(sandbox, installationId);
  if (open !== undefined) {
    sandbox.store.permissionRequests.put({ ...open, state: step(open, wanted) });
  }
};

/** The corp cancels: nobody can confirm any more. */
export const voidRequest = (sandbox: Sandbox, installationId: string): void =>
  closeOpenRequest(sandbox, installationId, 'cancelAuthorization');

const requireKnown = (permissions: readonly string[]): void => {
  const unknown = permissions.filter((code) => !isKnownPermission(code));
  if (unknown.length > 0) {
    throw badUserInput([
      {
        ...violation(
          { field: 'permissions', code: 'UNKNOWN_PERMISSION', errcode: 85012 },
          `没有此权限：${unknown.join('、')}`,
          `no such permission: ${unknown.join(', ')}`,
        ),
        given: unknown.join(', '),
      },
    ]);
  }
};

export const requestPermissions: Operation<{ id: string; permissions: string[] }, RequestView> = {
  method: 'POST',
  path: '/installations/:id/permission-requests',
  zh: '服务商申请自定义权限：应用应有的全部权限；每次保存都通知企业管理员，取代上一个未决申请',
  en: "the provider asks for custom permissions, the whole set; every save writes to the corp's admins and supersedes",
  fields: 'permissions: string[]',
  input: z.object({ id: z.string(), permissions: z.array(z.string()).default([]) }),
  run: (sandbox, { id, permissions }) => {
    const app = requireInstalled(sandbox, id);
    const nowMs = sandbox.nowMs();
    requireKnown(permissions);
    if (app.publishStatus === 0) {
      throw invalidState(text('请先开始代开发应用', 'development has to be started first'));
    }
    const request: PermissionRequest = {
      id: newId(),
      installationId: app.id,
      corpId: app.corpId,
      permissions: [...new Set(permissions)],
      before: effectivePermissions(app, nowMs),
      state: 'PENDING',
      requestedAt: nowMs,
    };
    sandbox.store.transaction(() => {
      closeOpenRequest(sandbox, app.id, 'supersede');
      sandbox.store.permissionRequests.put(request);
      writeToAdmins(sandbox, {
        corpId: app.corpId,
        installationId: app.id,
        kind: 'PERMISSION_REQUEST',
        requestId: request.id,
        text: `${find.provider(sandbox, app.providerId).name} 申请变更代开发应用“${app.draft?.name ?? app.name}”的权限`,
      });
    });
    return permissionRequestView(request);
  },
};

export const withdrawPermissions: Operation<{ requestId: string }, RequestView> = {
  method: 'POST',
  path: '/permission-requests/:requestId/withdraw',
  zh: '服务商撤回权限申请',
  en: 'the provider withdraws the request',
  input: z.object({ requestId: z.string() }),
  run: (sandbox, { requestId }) => {
    const request = find.permissionRequest(sandbox, requestId);
    return permissionRequestView(
      sandbox.store.permissionRequests.put({ ...request, state: step(request, 'withdraw') }),
    );
  },
};

const decisionInput = z.object({ requestId: z.string(), adminUserId: z.string().optional() });
type DecisionInput = z.infer<typeof decisionInput>;

/** The admin who acts: the one that is named, or the one who authorized the app. */
const decidedBy = (sandbox: Sandbox, app: Installation, adminUserId: string | undefined) => {
  const userId = adminUserId ?? app.installedBy;
  if (!find.corp(sandbox, app.corpId).members.some((member) => member.userId === userId && member.admin)) {
    throw new AppError('FORBIDDEN', text('仅企业管理员可确认', 'only an admin of the corp may decide'));
  }
  return { decidedBy: userId, decidedAt: sandbox.nowMs() };
};

const grant = (
  sandbox: Sandbox,
  app: Installation,
  granted: Pick<Installation, 'permissions'> & { readonly conversionDataUntil?: number },
  decided: PermissionRequest,
): RequestView => {
  const next = { ...app, ...granted };
  const before = effectivePermissions(app, sandbox.nowMs());
  saveAndPush(sandbox, next, [...specialAuth(before, next.permissions), changeAuth(next)], () => {
    sandbox.store.permissionRequests.put(decided);
    return [];
  });
  return permissionRequestView(decided);
};

export const confirmPermissions: Operation<DecisionInput, RequestView> = {
  method: 'POST',
  path: '/permission-requests/:requestId/confirm',
  zh: '企业管理员同意（立即生效，推送 change_auth；获客助手与数据专区等待二次确认）',
  en: "the corp's admin confirms (effective at once, change_auth; some wait for a second confirmation)",
  fields: 'adminUserId?',
  input: decisionInput,
  run: (sandbox, { requestId, adminUserId }) => {
    const request = find.permissionRequest(sandbox, requestId);
    const app = find.installation(sandbox, request.installationId);
    const has = effectivePermissions(app, sandbox.nowMs());
    const later = request.permissions.filter((code) => needsSecondConfirmation(code) && !has.includes(code));
    const state = step(request, later.length === 0 ? 'confirm' : 'confirmFirst');
    const permissions = request.permissions.filter((code) => !later.includes(code));
    const decided = { ...request, ...decidedBy(sandbox, app, adminUserId), state };
    return grant(sandbox, app, { permissions }, decided);
  },
};

export const confirmPermissionsAgain: Operation<DecisionInput & { expireTime?: number | undefined }, RequestView> = {
  method: 'POST',
  path: '/permission-requests/:requestId/confirm-second',
  zh: '企业管理员二次确认（获客助手另推送 approve_special_auth；expireTime 仅用于广告转化数据，秒）',
  en: 'second confirmation (approve_special_auth for 获客助手; expireTime in seconds, of the conversion data only)',
  fields: 'adminUserId?, expireTime?',
  input: decisionInput.extend({ expireTime: z.coerce.number().int().min(0).optional() }),
  run: (sandbox, { requestId, adminUserId, expireTime }) => {
    const request = find.permissionRequest(sandbox, requestId);
    const app = find.installation(sandbox, request.installationId);
    const decided = { ...request, state: step(request, 'confirmSecond'), ...decidedBy(sandbox, app, adminUserId) };
    const isLimited = expireTime !== undefined && expireTime > 0 && request.permissions.includes(EXPIRING_PERMISSION);
    const until = isLimited ? expireTime : 0;
    return grant(sandbox, app, { permissions: request.permissions, conversionDataUntil: until }, decided);
  },
};

/** Nothing is pushed: a decline is invisible to the API. After a first confirmation the confirmed part stays. */
export const declinePermissions: Operation<DecisionInput, RequestView> = {
  method: 'POST',
  path: '/permission-requests/:requestId/decline',
  zh: '企业管理员暂不授权（无推送，保持之前的权限）',
  en: "the corp's admin declines (no push, permissions stay as they were)",
  fields: 'adminUserId?',
  input: decisionInput,
  run: (sandbox, { requestId, adminUserId }) => {
    const request = find.permissionRequest(sandbox, requestId);
    const state = step(request, 'decline');
    const decision = decidedBy(sandbox, find.installation(sandbox, request.installationId), adminUserId);
    return permissionRequestView(sandbox.store.permissionRequests.put({ ...request, ...decision, state }));
  },
};

export const listPermissionRequests: Operation<
  { installationId?: string | undefined; corpId?: string | undefined; state?: RequestState | undefined },
  RequestView[]
> = {
  method: 'GET',
  path: '/permission-requests',
  zh: '权限申请（?installationId= ?corpId= ?state=）',
  en: 'permission requests (?installationId= ?corpId= ?state=)',
  input: z.object({
    installationId: z.string().optional(),
    corpId: z.string().optional(),
    state: z.enum(REQUEST_STATES).optional(),
  }),
  run: (sandbox, filter) =>
    sandbox.store.permissionRequests
      .find(Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined)))
      .map(permissionRequestView),
};

export const getPermissionRequest: Operation<{ requestId: string }, RequestView> = {
  method: 'GET',
  path: '/permission-requests/:requestId',
  zh: '一个权限申请',
  en: 'one permission request',
  input: z.object({ requestId: z.string() }),
  run: (sandbox, { requestId }) => permissionRequestView(find.permissionRequest(sandbox, requestId)),
};
