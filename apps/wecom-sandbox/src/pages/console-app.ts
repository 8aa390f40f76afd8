import type { Sandbox } from '../sandbox';
import { settingsOfTemplate, stageOf } from '../control/apps';
import { find } from '../control/find';
import { openRequest } from '../control/permission-requests';
import { installationView } from '../control/views';
import { nextStage, type AppStep } from '../rules/app-steps';
import { effectivePermissions } from '../rules/permissions';
import type { Installation } from '../store/types';
import { callbackFields } from './console-provider';
import { both, html, type Html } from './html';
import { action, heading, layout, textArea, textField, time } from './layout';
import {
  appState,
  corpName,
  labelPill,
  permissionBoxes,
  permissionList,
  publishState,
  pushTable,
  requestPill,
  reviewPill,
} from './parts';

/** What was typed into the form of an app, to be shown again. */
export type AppForm = Readonly<Record<string, string | undefined>>;

const storedForm = (sandbox: Sandbox, app: Installation): AppForm => {
  const { version, ipWhitelist, callback } =
    app.draft === undefined || app.callback === undefined
      ? settingsOfTemplate(find.template(sandbox, app.suiteId))
      : { version: app.draft, ipWhitelist: app.ipWhitelist ?? [], callback: app.callback };
  return {
    ...{ name: version.name, intro: version.intro, logoUrl: version.logoUrl, homePageUrl: version.homePageUrl },
    miniProgramAppId: version.miniProgram?.appId,
    miniProgramName: version.miniProgram?.name,
    trustedDomain: version.trustedDomain,
    menu: version.menu.map(({ type, name, value }) => `${type},${name},${value}`).join('\n'),
    ips: ipWhitelist.join(';'),
    ...{ callbackUrl: callback.callbackUrl, token: callback.token, encodingAesKey: callback.encodingAesKey },
  };
};

const field = (form: AppForm, name: string, zh: string, en: string): Html =>
  textField({ name, zh, en, value: form[name], optional: true });

const configSection = (app: Installation, form: AppForm): Html => {
  const isNew = app.draft === undefined;
  return html`<section class="card"><h2>${
    isNew ? both('开始代开发应用', 'Start development') : both('修改应用', 'Edit the app')
  }</h2>
<form class="stack" method="post" action="/console/apps/${app.id}/${isNew ? 'start' : 'edit'}">
${field(form, 'name', '应用名称', 'name, 2–10 characters')}${field(form, 'intro', '应用介绍', 'introduction, 4–120 characters')}
${field(form, 'logoUrl', '应用 logo 地址', 'address of the logo')}
${field(form, 'homePageUrl', '应用主页', 'home page; may be left out with a mini-program')}
${field(form, 'miniProgramAppId', '关联小程序 AppID', 'mini-program, optional')}
${field(form, 'miniProgramName', '小程序名称', "the mini-program's name")}
${field(form, 'trustedDomain', '可信域名（不带 http:// 或 https://）', 'trusted domain, host only')}
${field(form, 'ips', 'IP 白名单（选填，英文分号分隔）', 'allowed addresses, separated by ;')}
${textArea({ name: 'menu', zh: '菜单，每行一项：类型,名称,内容', en: 'menu, a line each: click | view | view_miniprogram, name, value', value: form['menu'] ?? '', placeholder: 'click,我的订单,MY_ORDERS' })}
${callbackFields(form, { zh: '应用回调 URL', en: "callback URL, filled in from the template; verified on save" })}
<p class="soft">回调与 IP 白名单保存后立即生效；其余修改上线后生效。
  <small class="en">Callback and addresses count at once, the rest from the next launch on.</small></p>
<div><button>${isNew ? html`开始代开发<i>start</i>` : html`验证并保存<i>verify and save</i>`}</button></div></form></section>`;
};

const launchSection = (app: Installation): Html => {
  const base = `/console/apps/${app.id}`;
  const can = (step: AppStep): boolean => nextStage(stageOf(app), step) !== undefined;
  return html`<section class="card"><h2>${both('应用上线', 'Review and launch')}</h2>
<p>${reviewPill(app)}</p><p>${
    can('submit') && action({ to: `${base}/submit`, zh: '提交上线审核', en: 'submit for review', look: '' })
  }${can('withdraw') && action({ to: `${base}/withdraw`, zh: '撤回', en: 'withdraw' })}${
    can('launch') && action({ to: `${base}/launch`, zh: '提交上线', en: 'launch', look: '' })
  }</p>${
    can('approve') &&
    html`<h3>${both('企业微信团队审核', "WeCom's reviewers")}</h3>
<p>${action({ to: `${base}/verdict`, zh: '审核通过', en: 'approve', look: 'plain', values: { verdict: 'APPROVED' } })}</p>
<form class="stack" method="post" action="${base}/verdict"><input type="hidden" name="verdict" value="REJECTED">
${textField({ name: 'reason', zh: '驳回原因', en: 'reason' })}<div><button class="bad">驳回<i>reject</i></button></div></form>`
  }</section>`;
};

const permissionSection = (sandbox: Sandbox, app: Installation): Html => {
  const open = openRequest(sandbox, app.id);
  const effective = effectivePermissions(app, sandbox.nowMs());
  const wanted = open?.permissions ?? effective;
  const mark = (code: string): Html | false =>
    open !== undefined && !effective.includes(code) && requestPill(open.state);
  return html`<section class="card"><h2>${both('权限设置', 'Custom permissions')}</h2>
${permissionList(wanted, mark)}${
    open !== undefined &&
    html`<p>申请 ${requestPill(open.state)} ${time(open.requestedAt)} ${action({ to: `/console/permission-requests/${open.id}/withdraw`, zh: '撤回申请', en: 'withdraw the request' })}</p>`
  }
<details><summary>查看企业已确认权限 <span class="soft">what is in effect</span></summary>${permissionList(effective)}</details>
<details><summary>编辑权限 <span class="soft">edit; each save writes to the corp's admins</span></summary>
<form method="post" action="/console/apps/${app.id}/permissions">${permissionBoxes(wanted)}
<p><button>保存并通知企业<i>save and ask</i></button></p></form></details></section>`;
};

const callbackSource = (sandbox: Sandbox, app: Installation): Html => {
  const callback = installationView(sandbox, app).callback;
  if (callback === null) {
    return html`<span class="soft">未配置 · none yet</span>`;
  }
  return html`${
    callback.source === 'TEMPLATE'
      ? html`<span class="pill" title="shared with the template">与模版共用</span>`
      : html`<span class="pill good" title="its own">应用自有</span>`
  } <code>${callback.url}</code>`;
};

const SHOWN_PUSHES = 10;

export const consoleAppPage = (
  sandbox: Sandbox,
  installationId: string,
  refused: { readonly error?: Html; readonly form?: AppForm } = {},
): string => {
  const app = find.installation(sandbox, installationId);
  const template = find.template(sandbox, app.suiteId);
  const title = `${corpName(sandbox, app.corpId)} · ${app.draft?.name ?? app.name}`;
  const isInstalled = app.cancelledAt === undefined;
  return layout({
    title,
    door: '/console',
    crumbs: [
      { href: '/console', text: '服务商后台' },
      { href: `/console/templates/${template.id}`, text: template.name },
    ],
    body: html`${heading(title, 'the app of a corp')}${refused.error}
<div class="grid"><section class="card"><h2>${both('应用信息', 'App')}</h2><dl><dt>AgentID</dt><dd><code>${app.agentId}</code></dd>
<dt>${both('授权', 'authorization')}</dt><dd>${appState(app)}</dd>
<dt>${both('发布状态', 'publish status')}</dt><dd>${publishState(app)}</dd>
<dt>${both('企业侧状态', 'what the corp sees')}</dt><dd>${labelPill(app)}</dd>
<dt>${both('回调', 'callback')}</dt><dd>${callbackSource(sandbox, app)}</dd></dl>
${isInstalled && html`<p>${action({ to: `/console/apps/${app.id}/reset-secret`, zh: '重新获取 secret', en: 'reset the secret', look: 'bad small' })}</p>`}</section>
${isInstalled && app.draft !== undefined && launchSection(app)}</div>
${isInstalled && html`${app.draft !== undefined && permissionSection(sandbox, app)}${configSection(app, refused.form ?? storedForm(sandbox, app))}`}
<section class="card"><h2>${both('应用回调推送', 'Pushes to the app')}</h2>${pushTable(sandbox.store.pushes.find({ installationId: app.id }).slice(-SHOWN_PUSHES).reverse())}</section>`,
  });
};
