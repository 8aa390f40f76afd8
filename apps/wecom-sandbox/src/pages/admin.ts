import type { Sandbox } from '../sandbox';
import { find } from '../control/find';
import { shownVersion } from '../control/views';
import type { AdminMessage } from '../store/app-types';
import { both, html, type Html } from './html';
import { heading, layout, textField, time } from './layout';
import { labelPill, publishState, requestPill } from './parts';

export const ADMIN = { href: '/admin', text: '企业管理后台' };

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

const SHOWN_MESSAGES = 20;

const messageItem = (sandbox: Sandbox, message: AdminMessage): Html => {
  const request = message.requestId === undefined ? undefined : find.permissionRequest(sandbox, message.requestId);
  return html`<li><div>${message.text}</div><div class="soft">${time(message.at)}${
    request !== undefined &&
    html` ${requestPill(request.state)} <a href="/admin/requests/${request.id}">查看权限申请</a>`
  }</div></li>`;
};

const messagesSection = (sandbox: Sandbox, corpId: string): Html => {
  const messages = sandbox.store.adminMessages.find({ corpId }).slice(-SHOWN_MESSAGES).reverse();
  return html`<section class="card"><h2>${both('管理员消息', 'Messages to the admins')}</h2>${
    messages.length === 0
      ? html`<p class="empty">暂无消息 · none</p>`
      : html`<ul class="plain lines">${messages.map((message) => messageItem(sandbox, message))}</ul>`
  }</section>`;
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
          <small class="en">provider</small></th><th>状态<small class="en">status</small></th><th>发布状态
          <small class="en">publish status</small></th></tr></thead><tbody>${apps.map((app) => html`<tr><td>
          <a href="/admin/apps/${app.id}">${shownVersion(app).name}</a></td><td><code>${app.agentId}</code></td>
          <td>${find.provider(sandbox, app.providerId).name}</td><td>${labelPill(app)}</td>
          <td>${publishState(app)}</td></tr>`)}</tbody></table></div>`
    }</section>
${messagesSection(sandbox, corpId)}
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
