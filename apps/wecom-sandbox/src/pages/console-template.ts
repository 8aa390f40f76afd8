import { toString as drawQr } from 'qrcode';
import type { Sandbox } from '../sandbox';
import { find } from '../control/find';
import { linkUrl } from '../control/views';
import type { PublishAction } from '../rules/publish-status';
import { nextPublishStatus } from '../rules/publish-status';
import type { Installation, Template } from '../store/types';
import { callbackFields, type TemplateForm } from './console-provider';
import { both, html, trusted, type Html } from './html';
import { action, heading, layout, time } from './layout';
import { appState, corpName, publishState, pushTable, recentPushes } from './parts';

const PUBLISH_BUTTONS: ReadonlyArray<{ readonly step: PublishAction; readonly zh: string; readonly en: string }> = [
  { step: 'startDevelopment', zh: '开始代开发应用', en: 'start development' },
  { step: 'launch', zh: '上线应用', en: 'launch the app' },
  { step: 'edit', zh: '修改应用', en: 'edit the app' },
];

const appRow = (sandbox: Sandbox, app: Installation): Html => {
  const base = `/console/apps/${app.id}`;
  const steps = PUBLISH_BUTTONS.filter(({ step }) => nextPublishStatus(app.publishStatus, step) !== undefined);
  return html`<tr><td>${corpName(sandbox, app.corpId)}</td><td><code>${app.agentId}</code></td><td>${appState(app)}</td>
    <td>${publishState(app)}</td><td>${
    app.cancelledAt === undefined &&
    html`${steps.map(({ step, zh, en }) => action({ to: `${base}/publish-status`, zh, en, values: { action: step } }))}${action({ to: `${base}/reset-secret`, zh: '重新获取 secret', en: 'reset the secret', look: 'bad small' })}`
  }</td></tr>`;
};

const qrSection = async (sandbox: Sandbox, template: Template): Promise<Html> => {
  if (template.linkId === undefined) {
    return html`<p class="soft">模版上线后才会生成授权二维码。
      <small class="en">The QR exists after the launch.</small></p>${action({ to: `/console/templates/${template.id}/launch`, zh: '提交上线', en: 'launch', look: '' })}`;
  }
  const url = linkUrl(sandbox, template.linkId);
  const drawing = await drawQr(url, { type: 'svg', margin: 1 });
  return html`<div class="qr">${trusted(drawing)}<div><p>请企业管理员扫码授权。
    <small class="en">A corp's admin scans it and confirms.</small></p><p><a href="${url}">打开授权页</a></p></div></div>`;
};

const callbackForm = (template: Template, values: TemplateForm): Html =>
  html`<form class="stack" method="post" action="/console/templates/${template.id}/callback">${callbackFields(values)}
    <div><button class="plain">验证并保存<i>verify and save</i></button></div></form>`;

export const templatePage = async (
  sandbox: Sandbox,
  suiteId: string,
  refused: { readonly error?: Html; readonly values?: TemplateForm } = {},
): Promise<string> => {
  const template = find.template(sandbox, suiteId);
  const provider = find.provider(sandbox, template.providerId);
  const apps = sandbox.store.installations.find({ suiteId });
  return layout({
    title: template.name,
    door: '/console',
    crumbs: [
      { href: '/console', text: '服务商后台' },
      { href: `/console/providers/${provider.id}`, text: provider.name },
    ],
    body: html`${heading(template.name, 'delegated-development template')}${refused.error}
<div class="grid"><section class="card"><h2>${both('开发信息', 'Credentials')}</h2><dl>
<dt>${both('模版 ID', 'suite_id')}</dt><dd><code>${template.id}</code></dd>
<dt>${both('模版 Secret', 'suite_secret')}</dt><dd><code>${template.suiteSecret}</code></dd>
<dt>${both('介绍', 'introduction')}</dt><dd>${template.intro}</dd>
<dt>${both('状态', 'status')}</dt>
  <dd>${template.online ? html`<span class="pill good">已上线</span>` : html`<span class="pill">未上线</span>`}</dd>
<dt>${both('最近 ticket', 'last ticket')}</dt><dd>${time(template.lastTicketAt)}</dd></dl></section>
<section class="card"><h2>${both('授权二维码', 'Authorization QR')}</h2>${await qrSection(sandbox, template)}</section></div>
<section class="card"><h2>${both('授权企业', 'Authorized corps')}</h2>${
      apps.length === 0
        ? html`<p class="empty">暂无企业授权 · none yet</p>`
        : html`<div class="scroll"><table><thead><tr><th>企业<small class="en">corp</small></th><th>AgentID</th><th>授权
          <small class="en">authorization</small></th><th>发布状态<small class="en">publish status</small></th><th>操作
          <small class="en">actions</small></th></tr></thead>
          <tbody>${apps.map((app) => appRow(sandbox, app))}</tbody></table></div>`
    }</section>
<section class="card"><h2>${both('回调配置', 'Callback configuration')}</h2>
<p>${action({ to: `/console/templates/${template.id}/ticket`, zh: '手动刷新 ticket 推送', en: 'push a ticket now' })}<span class="soft">上次验证 ${time(template.callbackVerifiedAt)}</span></p>
${callbackForm(template, refused.values ?? { callbackUrl: template.callbackUrl, token: template.token, encodingAesKey: template.encodingAesKey })}</section>
<section class="card"><h2>${both('最近推送', 'Recent pushes')}</h2>${pushTable(recentPushes(sandbox, suiteId))}</section>`,
  });
};
