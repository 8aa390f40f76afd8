import type { Sandbox } from '../sandbox';
import { find } from '../control/find';
import { installedApp, requireOpenLink } from '../control/links';
import { BASIC_PERMISSIONS } from '../rules/permission-catalogue';
import type { Corp, Template } from '../store/types';
import { both, html, type Html } from './html';
import { layout } from './layout';
import { appState } from './parts';

const SEPARATOR = '|';

/** One choice of the form names the corp and the admin who acts. */
export const readChoice = (choice: string): { corpId: string; adminUserId: string } => {
  const [corpId = '', adminUserId = ''] = choice.split(SEPARATOR);
  return { corpId, adminUserId };
};

const appCard = (template: Template): Html =>
  html`<div class="app"><strong>${template.name}</strong><div class="soft">${template.intro}</div></div>`;

const adminOptions = (corps: readonly Corp[]): Html[] =>
  corps.flatMap((corp) =>
    corp.members
      .filter((member) => member.admin)
      .map(
        (member) => html`<option value="${corp.id}${SEPARATOR}${member.userId}">${corp.name} — ${member.name}</option>`,
      ),
  );

export const authorizePage = (sandbox: Sandbox, linkId: string, error?: Html): string => {
  const link = requireOpenLink(sandbox, linkId);
  const templates = link.suiteIds.map((suiteId) => find.template(sandbox, suiteId));
  const provider = find.provider(sandbox, link.providerId);
  const corps = sandbox.store.corps.all();
  return layout({
    title: '授权代开发应用',
    body: html`<div class="narrow">${error}<section class="card">
      <div class="logo">${templates[0]?.name.slice(0, 1)}</div>
<h1 class="center">${both(`${provider.name} 申请为企业代开发应用`, 'asks to build an app for your corp')}</h1>
<div class="apps">${templates.map(appCard)}</div></section>
<section class="card"><h2>${both('授权后将获得以下基础权限', 'Basic permissions granted with this authorization')}</h2>
<ul class="ticks">${BASIC_PERMISSIONS.map(({ zh, en }) => html`<li>${both(zh, en)}</li>`)}</ul>
<p class="soft">其他权限需服务商另行申请，由企业再次确认。
  <small class="en">Anything more has to be asked for and confirmed later.</small></p></section>
<section class="card">${
      corps.length === 0
        ? html`<p class="empty">沙箱里还没有企业，请先到 <a href="/admin">企业管理后台</a> 创建。
          <small class="en">Create a corp first.</small></p>`
        : html`<form class="stack" method="post" action="/auth/${link.id}">
          <label><span>${both('选择企业与管理员身份', 'corp, and the admin who confirms')}</span>
          <select name="choice">${adminOptions(corps)}</select></label>
          <button class="wide">同意授权<i>authorize</i></button></form>`
    }</section></div>`,
  });
};

export const authorizedPage = (sandbox: Sandbox, linkId: string, corpId: string): string => {
  const link = find.link(sandbox, linkId);
  const corp = find.corp(sandbox, corpId);
  const apps = link.suiteIds.flatMap((suiteId) => installedApp(sandbox, suiteId, corpId) ?? []);
  return layout({
    title: '授权成功',
    body: html`<div class="narrow"><section class="card center"><div class="done">✓</div>
<h1>${both('授权成功', 'Authorized')}</h1>
<p>${corp.name} 已授权以下代开发应用，服务商完成开发并上线后即可使用。
  <small class="en">Usable once the provider has built and launched it.</small></p></section>
<section class="card"><div class="apps">${apps.map(
      (app) =>
        html`<div class="app"><strong>${app.name}</strong> ${appState(app)}
          <div class="soft">AgentID ${app.agentId}</div></div>`,
    )}</div><p class="center"><a class="button" href="/admin/corps/${corp.id}">进入企业管理后台</a></p></section></div>`,
  });
};
