import { toString as drawQr } from 'qrcode';
import type { Sandbox } from '../sandbox';
import { stageOf } from '../control/apps';
import { find } from '../control/find';
import { linkUrl } from '../control/views';
import { nextStage } from '../rules/app-steps';
import type { Installation, Template } from '../store/types';
import { callbackFields, type TemplateForm } from './console-provider';
import { both, html, trusted, type Html } from './html';
import { action, checkbox, heading, layout, time } from './layout';
import { appState, corpName, publishState, pushTable, recentPushes, reviewPill } from './parts';

const appRow = (sandbox: Sandbox, app: Installation): Html =>
  html`<tr><td>${corpName(sandbox, app.corpId)}</td><td><code>${app.agentId}</code></td><td>${appState(app)}</td>
    <td>${publishState(app)}</td><td>${reviewPill(app)}</td><td><a href="/console/apps/${app.id}">${
    app.draft === undefined && app.cancelledAt === undefined ? '开始代开发应用' : '应用详情'
  }</a></td></tr>`;

const submitSection = (sandbox: Sandbox, template: Template, apps: readonly Installation[]): Html => {
  const ready = apps.filter(
    (app) => app.cancelledAt === undefined && nextStage(stageOf(app), 'submit') !== undefined,
  );
  return html`<section class="card"><h2>${both('代开发应用上线', 'Submit apps for review')}</h2>${
    ready.length === 0
      ? html`<p class="empty">没有可提交的应用 · none to submit</p>`
      : html`<form method="post" action="/console/templates/${template.id}/submit-apps"><div class="choices">${ready.map(
          (app) =>
            checkbox({
              ...{ name: 'installationIds', value: app.id, on: false },
              ...{ text: corpName(sandbox, app.corpId), sub: app.draft!.name },
            }),
        )}</div><p><button>提交上线审核<i>submit</i></button></p></form>`
  }</section>`;
};

export const drawnQr = async (url: string, hint: Html): Promise<Html> => {
  const drawing = await drawQr(url, { type: 'svg', margin: 1 });
  return html`<div class="qr">${trusted(drawing)}<div>${hint}<p><a href="${url}">打开授权页</a></p></div></div>`;
};

const qrSection = async (sandbox: Sandbox, template: Template): Promise<Html> => {
  if (template.linkId === undefined) {
    return html`<p class="soft">模版上线后才会生成授权二维码。
      <small class="en">The QR exists after the launch.</small></p>${action({ to: `/console/templates/${template.id}/launch`, zh: '提交上线', en: 'launch', look: '' })}`;
  }
  return drawnQr(
    linkUrl(sandbox, template.linkId),
    html`<p>请企业管理员扫码授权。<small class="en">A corp's admin scans it and confirms.</small></p>`,
  );
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
          <small class="en">authorization</small></th><th>发布状态<small class="en">publish status</small></th><th>上线审核
          <small class="en">review</small></th><th></th></tr></thead>
          <tbody>${apps.map((app) => appRow(sandbox, app))}</tbody></table></div>`
    }</section>
${submitSection(sandbox, template, apps)}
<section class="card"><h2>${both('回调配置', 'Callback configuration')}</h2>
<p>${action({ to: `/console/templates/${template.id}/ticket`, zh: '手动刷新 ticket 推送', en: 'push a ticket now' })}<span class="soft">上次验证 ${time(template.callbackVerifiedAt)}</span></p>
${callbackForm(template, refused.values ?? { callbackUrl: template.callbackUrl, token: template.token, encodingAesKey: template.encodingAesKey })}</section>
<section class="card"><h2>${both('最近推送', 'Recent pushes')}</h2>${pushTable(recentPushes(sandbox, suiteId))}</section>`,
  });
};
