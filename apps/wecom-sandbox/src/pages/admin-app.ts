import type { Sandbox } from '../sandbox';
import { find } from '../control/find';
import { openRequest } from '../control/permission-requests';
import { permissionRequestView, shownVersion } from '../control/views';
import { isOpenRequest } from '../rules/permission-request';
import { remarksOf } from '../rules/permission-remarks';
import { effectivePermissions, EXPIRING_PERMISSION } from '../rules/permissions';
import type { PermissionRequest } from '../store/app-types';
import type { Installation } from '../store/types';
import { ADMIN } from './admin';
import { both, html, type Html } from './html';
import { action, checkbox, heading, layout, textField, time } from './layout';
import { appState, labelPill, permissionBoxes, permissionList, publishState, requestPill } from './parts';

const requestNote = (request: PermissionRequest | undefined): Html =>
  request === undefined
    ? html``
    : html`<p class="note">服务商申请变更此应用的权限 ${requestPill(request.state)}
      <a href="/admin/requests/${request.id}">查看并确认</a>
      <small class="en">The provider asks for other permissions.</small></p>`;

const rangeSection = (sandbox: Sandbox, app: Installation): Html => {
  const corp = find.corp(sandbox, app.corpId);
  return html`<section class="card"><h2>${both('可见范围', 'Visible range')}</h2>
<form method="post" action="/admin/apps/${app.id}/visible-range">
<h3 class="soft">部门 departments</h3>
  <div class="choices">${corp.departments.map((department) => checkbox({ name: 'parties', value: String(department.id), text: department.name, sub: `id ${department.id}`, on: app.allowParties.includes(department.id) }))}</div>
<h3 class="soft">成员 members</h3>
  <div class="choices">${corp.members.map((member) => checkbox({ name: 'users', value: member.userId, text: member.name, sub: member.userId, on: app.allowUsers.includes(member.userId) }))}</div>
<p><button>保存可见范围<i>save</i></button></p></form></section>`;
};

const permissionSection = (sandbox: Sandbox, app: Installation): Html =>
  html`<section class="card"><h2>${both('权限管理', 'Custom permissions')}</h2>
<p class="soft">保存后立即生效，应用只有所勾选的权限。
  <small class="en">Effective at once: the app has what is ticked and nothing else.</small></p>
<form method="post" action="/admin/apps/${app.id}/permissions">${permissionBoxes(effectivePermissions(app, sandbox.nowMs()))}
<p><button>保存权限<i>save</i></button></p></form></section>`;

const endSection = (app: Installation): Html => {
  const base = `/admin/apps/${app.id}`;
  return html`<section class="card danger"><h2>${both('停用与取消授权', 'Disable and cancel')}</h2>
<p>${
    app.closed
      ? action({ to: `${base}/enable`, zh: '启用应用', en: 'enable', look: '' })
      : action({ to: `${base}/disable`, zh: '停用应用', en: 'disable', look: 'plain' })
  }${action({ to: `${base}/cancel`, zh: '取消授权', en: 'cancel the authorization', look: 'bad' })}</p>
<p class="soft">取消授权后，服务商必须删除本企业的数据。
  <small class="en">After cancelling, the provider has to delete this corp's data.</small></p></section>`;
};

export const appPage = (sandbox: Sandbox, installationId: string, error?: Html): string => {
  const app = find.installation(sandbox, installationId);
  const corp = find.corp(sandbox, app.corpId);
  const { name, intro } = shownVersion(app);
  return layout({
    title: name,
    door: '/admin',
    crumbs: [ADMIN, { href: `/admin/corps/${corp.id}`, text: corp.name }],
    body: html`${heading(name, 'installed app')}${error}${requestNote(openRequest(sandbox, app.id))}
<section class="card"><dl><dt>AgentID</dt><dd><code>${app.agentId}</code></dd>
<dt>${both('介绍', 'introduction')}</dt><dd>${intro}</dd>
<dt>${both('服务商', 'provider')}</dt><dd>${find.provider(sandbox, app.providerId).name}</dd>
<dt>${both('应用状态', 'what members see')}</dt><dd>${labelPill(app)}</dd>
<dt>${both('授权', 'authorization')}</dt><dd>${appState(app)}</dd><dt>${both('发布状态', 'publish status')}</dt>
  <dd>${publishState(app)}</dd></dl><p><a href="/chat/${app.id}">以成员身份使用</a></p></section>
${app.cancelledAt === undefined && html`${rangeSection(sandbox, app)}${permissionSection(sandbox, app)}${endSection(app)}`}`,
  });
};

const remarkPills = (code: string): Html =>
  html`${remarksOf(code).map(({ zh, en, isWarning }) => html`<span class="pill ${isWarning && 'warn'}" title="${en}">${zh}</span> `)}`;

const decisionButtons = (request: PermissionRequest): Html => {
  const base = `/admin/requests/${request.id}`;
  const decline = action({ to: `${base}/decline`, zh: '暂不授权', en: 'decline', look: 'plain' });
  if (request.state === 'PENDING') {
    return html`<p>${action({ to: `${base}/confirm`, zh: '同意', en: 'confirm', look: '' })}${decline}</p>`;
  }
  const isLimitable = request.permissions.includes(EXPIRING_PERMISSION);
  return html`<p>其余权限已生效。请再次确认获客助手、数据与智能专区的权限。
    <small class="en">The rest is in effect. These need a second confirmation.</small></p>
<form class="stack" method="post" action="${base}/confirm-second">${
    isLimitable &&
    textField({ name: 'expireTime', zh: '转化数据授权至（Unix 秒，0 为永久）', en: 'conversion data until', value: '0' })
  }<div><button>二次确认<i>confirm again</i></button></div></form><p>${decline}</p>`;
};

type EndedState = Exclude<PermissionRequest['state'], 'PENDING' | 'PENDING_SECOND'>;

/** What became of a request that nobody can answer any more. */
const ENDED: Record<EndedState, { readonly zh: string; readonly en: string }> = {
  GRANTED: { zh: '权限已生效，可在应用的权限管理中修改。', en: 'In effect. It can be changed on the page of the app.' },
  DECLINED: { zh: '应用保持之前的权限。', en: 'The app keeps the permissions that it had.' },
  SUPERSEDED: { zh: '服务商已发起新的申请，请处理最新一条。', en: 'The provider has asked again: answer the newest request.' },
  WITHDRAWN: { zh: '服务商已撤回此申请。', en: 'The provider has taken it back.' },
  VOID: { zh: '已取消授权，此申请失效。', en: 'The authorization was cancelled.' },
};

const decisionRows = (sandbox: Sandbox, { corpId, decidedBy, decidedAt }: PermissionRequest): Html | false =>
  decidedBy !== undefined &&
  decidedAt !== undefined &&
  html`<dt>${both('处理人', 'decided by')}</dt><dd>${find.member(sandbox, corpId, decidedBy).name}</dd>
<dt>${both('处理时间', 'decided at')}</dt><dd>${time(decidedAt)}</dd>`;

export const requestPage = (sandbox: Sandbox, requestId: string, error?: Html): string => {
  const request = find.permissionRequest(sandbox, requestId);
  const { added, removed } = permissionRequestView(request);
  const app = find.installation(sandbox, request.installationId);
  const corp = find.corp(sandbox, request.corpId);
  return layout({
    title: '权限变更确认',
    door: '/admin',
    crumbs: [ADMIN, { href: `/admin/corps/${corp.id}`, text: corp.name }],
    body: html`<div class="narrow">${error}<section class="card">
<h1>${both('代开发应用权限变更', 'The provider asks for other permissions')}</h1>
<dl><dt>${both('应用', 'app')}</dt><dd>${shownVersion(app).name}</dd>
<dt>${both('服务商', 'provider')}</dt><dd>${find.provider(sandbox, app.providerId).name}</dd>
<dt>${both('申请时间', 'asked at')}</dt><dd>${time(request.requestedAt)}</dd>
<dt>${both('状态', 'state')}</dt><dd>${requestPill(request.state)}</dd>${decisionRows(sandbox, request)}</dl></section>
<section class="card"><h2>${both('新增权限', 'Added')}</h2>${permissionList(added, remarkPills)}
<h2 class="later">${both('移除权限', 'Removed')}</h2>${permissionList(removed)}</section>
<section class="card">${
      isOpenRequest(request.state)
        ? decisionButtons(request)
        : html`<p class="empty">${both(ENDED[request.state].zh, ENDED[request.state].en)}</p>`
    }<p><a href="/admin/apps/${app.id}">返回应用</a></p></section></div>`,
  });
};
