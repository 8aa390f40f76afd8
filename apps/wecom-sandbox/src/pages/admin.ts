import type { Sandbox } from '../sandbox';
import { find } from '../control/find';
import { CUSTOM_PERMISSIONS } from '../rules/permissions';
import { both, html, type Html } from './html';
import { action, heading, layout, textField } from './layout';
import { appState, publishState } from './parts';

const ADMIN = { href: '/admin', text: '企业管理后台' };

export const corpsPage = (sandbox: Sandbox, error?: Html): string => {
  const corps = sandbox.store.corps.all();
  return layout({
    title: '企业管理后台',
    door: '/admin',
    body: html`${heading('企业管理后台', 'Corp admin')}${error}
<section class="card"><h2>${both('企业', 'Corps')}</h2>${
      corps.length === 0
        ? html`<p class="empty">还没有企业，请在下方创建 · none yet, create one below</p>`
        : html`<div class="scroll"><table><thead><tr><th>名称<small class="en">name</small></th><th>CorpID</th><th>成员
          <small class="en">members</small></th></tr></thead><tbody>${corps.map((corp) => html`<tr><td>
          <a href="/admin/corps/${corp.id}">${corp.name}</a></td><td><code>${corp.id}</code></td>
          <td>${corp.members.length}</td></tr>`)}</tbody></table></div>`
    }</section>
<section class="card"><h2>${both('创建企业', 'Create a corp')}</h2><form class="stack" method="post" action="/admin/corps">
${textField({ name: 'name', zh: '企业简称', en: 'name', placeholder: '例如 晨星贸易' })}
<p class="soft">会带一名管理员和两名成员。<small class="en">It comes with one admin and two members.</small></p><div>
  <button>创建企业<i>create</i></button></div></form></section>`,
  });
};

export const corpPage = (sandbox: Sandbox, corpId: string, error?: Html): string => {
  const corp = find.corp(sandbox, corpId);
  const apps = sandbox.store.installations.find({ corpId });
  return layout({
    title: corp.name,
    door: '/admin',
    crumbs: [ADMIN],
    body: html`${heading(corp.name, 'corp')}${error}
<section class="card"><h2>${both('应用管理', 'Installed apps')}</h2>${
      apps.length === 0
        ? html`<p class="empty">尚未安装应用 · none installed</p>`
        : html`<div class="scroll"><table><thead><tr><th>应用<small class="en">app</small></th><th>AgentID</th><th>服务商
          <small class="en">provider</small></th><th>授权<small class="en">authorization</small></th><th>发布状态
          <small class="en">publish status</small></th></tr></thead><tbody>${apps.map((app) => html`<tr><td>
          <a href="/admin/apps/${app.id}">${app.name}</a></td><td><code>${app.agentId}</code></td>
          <td>${find.provider(sandbox, app.providerId).name}</td><td>${appState(app)}</td>
          <td>${publishState(app)}</td></tr>`)}</tbody></table></div>`
    }</section>
<section class="card"><h2>${both('成员', 'Members')}</h2><div class="scroll"><table><thead><tr><th>姓名
  <small class="en">name</small></th><th>账号<small class="en">userid</small></th><th>部门
  <small class="en">departments</small></th><th></th></tr></thead><tbody>${corp.members.map(
      (member) =>
        html`<tr><td>${member.name}</td><td><code>${member.userId}</code></td>
          <td>${member.departmentIds.map((id) => corp.departments.find((department) => department.id === id)?.name ?? String(id)).join('、')}</td>
          <td>${member.admin && html`<span class="pill good">管理员</span>`}</td></tr>`,
    )}</tbody></table></div></section>
<section class="card"><h2>${both('添加成员', 'Add a member')}</h2>
  <form class="stack" method="post" action="/admin/corps/${corp.id}/members">
${textField({ name: 'userId', zh: '账号', en: 'userid' })}${textField({ name: 'name', zh: '姓名', en: 'name' })}
<label class="check">
  <input type="checkbox" name="admin" value="yes"><span>${both('设为管理员', 'is an admin')}</span></label><div>
  <button class="plain">添加<i>add</i></button></div></form></section>
<section class="card"><h2>${both('企业信息', 'Corp')}</h2><dl><dt>CorpID</dt><dd><code>${corp.id}</code></dd>
  <dt>${both('认证', 'verified')}</dt><dd>${corp.verified ? '已认证' : '未认证'}</dd><dt>${both('行业', 'industry')}</dt>
  <dd>${corp.industry}</dd></dl></section>`,
  });
};

const checkbox = (box: {
  readonly name: string;
  readonly value: string;
  readonly text: string;
  readonly sub: string;
  readonly on: boolean;
}): Html =>
  html`<label class="check">
    <input type="checkbox" name="${box.name}" value="${box.value}" ${box.on ? html`checked` : html``}><span>${both(box.text, box.sub)}</span></label>`;

export const appPage = (sandbox: Sandbox, installationId: string, error?: Html): string => {
  const app = find.installation(sandbox, installationId);
  const corp = find.corp(sandbox, app.corpId);
  const base = `/admin/apps/${app.id}`;
  const permissions = { ...Object.fromEntries(app.permissions.map((code) => [code, code])), ...CUSTOM_PERMISSIONS };
  const settings = html`
<section class="card"><h2>${both('可见范围', 'Visible range')}</h2><form method="post" action="${base}/visible-range">
<h3 class="soft">部门 departments</h3>
  <div class="choices">${corp.departments.map((department) => checkbox({ name: 'parties', value: String(department.id), text: department.name, sub: `id ${department.id}`, on: app.allowParties.includes(department.id) }))}</div>
<h3 class="soft">成员 members</h3>
  <div class="choices">${corp.members.map((member) => checkbox({ name: 'users', value: member.userId, text: member.name, sub: member.userId, on: app.allowUsers.includes(member.userId) }))}</div>
<p><button>保存可见范围<i>save</i></button></p></form></section>
<section class="card"><h2>${both('权限管理', 'Custom permissions')}</h2><form method="post" action="${base}/permissions">
  <div class="choices">${Object.entries(permissions).map(([code, name]) => checkbox({ name: 'permissions', value: code, text: name, sub: code, on: app.permissions.includes(code) }))}</div>
<p><button>保存权限<i>save</i></button></p></form></section>
<section class="card danger"><h2>${both('停用与取消授权', 'Disable and cancel')}</h2>
<p>${
    app.closed
      ? action({ to: `${base}/enable`, zh: '启用应用', en: 'enable', look: '' })
      : action({ to: `${base}/disable`, zh: '停用应用', en: 'disable', look: 'plain' })
  }${action({ to: `${base}/cancel`, zh: '取消授权', en: 'cancel the authorization', look: 'bad' })}</p>
<p class="soft">取消授权后，服务商必须删除本企业的数据。
  <small class="en">After cancelling, the provider has to delete this corp's data.</small></p></section>`;
  return layout({
    title: app.name,
    door: '/admin',
    crumbs: [ADMIN, { href: `/admin/corps/${corp.id}`, text: corp.name }],
    body: html`${heading(app.name, 'installed app')}${error}
<section class="card"><dl><dt>AgentID</dt><dd><code>${app.agentId}</code></dd>
<dt>${both('服务商', 'provider')}</dt><dd>${find.provider(sandbox, app.providerId).name}</dd>
<dt>${both('授权', 'authorization')}</dt><dd>${appState(app)}</dd><dt>${both('发布状态', 'publish status')}</dt>
  <dd>${publishState(app)}</dd></dl></section>
${app.cancelledAt === undefined && settings}`,
  });
};
