import type { Sandbox } from '../sandbox';
import { find } from '../control/find';
import type { Provider, Template } from '../store/types';
import { both, html, type Html } from './html';
import { checkbox, heading, layout, textField } from './layout';
import { corpName } from './parts';

const CONSOLE = { href: '/console', text: '服务商后台' };

export const providersPage = (sandbox: Sandbox, error?: Html): string =>
  layout({
    title: '服务商后台',
    door: '/console',
    body: html`${heading('服务商后台', 'Provider console')}${error}
<section class="card">
  <h2>${both('服务商', 'Providers')}</h2>${providerTable(sandbox, sandbox.store.providers.all())}</section>
<section class="card"><h2>${both('注册服务商', 'Register a provider')}</h2>
<form class="stack" method="post" action="/console/providers">
${textField({ name: 'name', zh: '服务商名称', en: 'name', placeholder: '例如 云启软件' })}
<div><button>创建服务商<i>create</i></button></div></form></section>`,
  });

const providerTable = (sandbox: Sandbox, providers: readonly Provider[]): Html =>
  providers.length === 0
    ? html`<p class="empty">还没有服务商，请在下方创建 · none yet, create one below</p>`
    : html`<div class="scroll"><table><thead><tr><th>名称<small class="en">name</small></th><th>CorpID</th><th>模版
      <small class="en">templates</small></th></tr></thead><tbody>${providers.map(
        (provider) =>
          html`<tr><td><a href="/console/providers/${provider.id}">${provider.name}</a></td>
            <td><code>${provider.id}</code></td>
            <td>${sandbox.store.templates.find({ providerId: provider.id }).length}</td></tr>`,
      )}</tbody></table></div>`;

const templateRow = (sandbox: Sandbox, template: Template): Html =>
  html`<tr><td><a href="/console/templates/${template.id}">${template.name}</a></td><td><code>${template.id}</code></td>
    <td>${
    template.online ? html`<span class="pill good">已上线</span>` : html`<span class="pill">未上线</span>`
  }</td>
    <td>${sandbox.store.installations.find({ suiteId: template.id }).filter((app) => app.cancelledAt === undefined).length}</td></tr>`;

const batchSection = (provider: Provider, templates: readonly Template[]): Html => {
  const online = templates.filter((template) => template.online);
  return html`<section class="card"><h2>${both('批量授权', 'One QR for several templates')}</h2>${
    online.length < 2
      ? html`<p class="empty">至少需要两个已上线的模版 · two launched templates are needed</p>`
      : html`<form method="post" action="/console/providers/${provider.id}/batch-links"><div class="choices">${online.map(
          ({ id, name }) => checkbox({ name: 'suiteIds', value: id, text: name, sub: id, on: false }),
        )}</div><p><button>生成批量授权二维码<i>make a QR, 2–9 templates, 10 days</i></button></p></form>`
  }</section>`;
};

export const providerPage = (sandbox: Sandbox, providerId: string, error?: Html): string => {
  const provider = find.provider(sandbox, providerId);
  const templates = sandbox.store.templates.find({ providerId });
  const candidates = sandbox.store.corps.all().filter((corp) => !provider.testCorpIds.includes(corp.id));
  return layout({
    title: provider.name,
    door: '/console',
    crumbs: [CONSOLE],
    body: html`${heading(provider.name, 'provider')}${error}
<section class="card"><h2>${both('通用开发参数', 'Credentials')}</h2><dl>
<dt>${both('服务商 CorpID', 'corpid')}</dt><dd><code>${provider.id}</code></dd>
<dt>${both('服务商密钥', 'provider_secret')}</dt><dd><code>${provider.providerSecret}</code></dd></dl></section>
<section class="card"><h2>${both('代开发应用模版', 'Delegated-development templates')}</h2>
${
  templates.length === 0
    ? html`<p class="empty">还没有模版 · none yet</p>`
    : html`<div class="scroll"><table><thead><tr><th>名称<small class="en">name</small></th><th>suite_id</th><th>状态
      <small class="en">status</small></th><th>授权企业<small class="en">corps</small></th></tr></thead>
      <tbody>${templates.map((template) => templateRow(sandbox, template))}</tbody></table></div>`
}
<p><a class="button" href="/console/providers/${provider.id}/templates/new">创建代开发应用模版</a></p></section>
${batchSection(provider, templates)}
<div class="grid"><section class="card"><h2>${both('IP 白名单', 'Allowed addresses')}</h2>
<form class="stack" method="post" action="/console/providers/${provider.id}/ip-whitelist">
${textField({ name: 'ips', zh: '用英文分号分隔，可用 * 结尾；留空表示不限', en: 'separated by ; may end in *; empty = no limit', value: provider.ipWhitelist.join(';'), placeholder: '222.209.201.*;10.0.0.8', optional: true })}
<div><button class="plain">保存<i>save</i></button></div></form></section>
<section class="card"><h2>${both('测试企业', 'Test corps')}</h2>
${provider.testCorpIds.length === 0 ? html`<p class="empty">暂无 · none</p>` : html`
  <ul class="ticks">${provider.testCorpIds.map((corpId) => html`<li>${corpName(sandbox, corpId)} <code>${corpId}</code></li>`)}</ul>`}
${
  candidates.length > 0 &&
  html`<form class="stack" method="post" action="/console/providers/${provider.id}/test-corps">
    <label><span>${both('添加企业', 'add a corp')}</span>
    <select name="testCorpId">${candidates.map((corp) => html`<option value="${corp.id}">${corp.name}</option>`)}</select></label>
    <div><button class="plain">添加<i>add</i></button></div></form>`
}</section></div>`,
  });
};

export interface TemplateForm {
  readonly name?: string | undefined;
  readonly intro?: string | undefined;
  readonly logoUrl?: string | undefined;
  readonly callbackUrl?: string | undefined;
  readonly token?: string | undefined;
  readonly encodingAesKey?: string | undefined;
}

const TEMPLATE_CALLBACK = { zh: '模版回调 URL', en: 'callback URL; verified on save' };

export const callbackFields = (
  values: Pick<TemplateForm, 'callbackUrl' | 'token' | 'encodingAesKey'>,
  address = TEMPLATE_CALLBACK,
): Html => html`
${textField({ name: 'callbackUrl', ...address, value: values.callbackUrl, placeholder: 'https://' })}
${textField({ name: 'token', zh: 'Token', en: '1–32 letters or digits', value: values.token })}
${textField({ name: 'encodingAesKey', zh: 'EncodingAESKey', en: '43 letters or digits', value: values.encodingAesKey })}`;

export const newTemplatePage = (
  sandbox: Sandbox,
  providerId: string,
  values: TemplateForm = {},
  error?: Html,
): string => {
  const provider = find.provider(sandbox, providerId);
  return layout({
    title: '创建代开发应用模版',
    door: '/console',
    crumbs: [CONSOLE, { href: `/console/providers/${provider.id}`, text: provider.name }],
    body: html`${heading('创建代开发应用模版', 'Create a template')}${error}
<section class="card"><form class="stack" method="post" action="/console/providers/${provider.id}/templates/new">
${textField({ name: 'name', zh: '模版名称', en: 'name, 2–10 characters', value: values.name })}
${textField({ name: 'intro', zh: '模版介绍', en: 'introduction, 4–20 characters', value: values.intro })}
${textField({ name: 'logoUrl', zh: '模版 logo 地址（选填）', en: 'address of the logo, optional', value: values.logoUrl, optional: true })}
${callbackFields(values)}
<p class="soft">保存时向回调 URL 发送带签名的 GET 请求，须在 1 秒内原样返回解密后的明文。
  <small class="en">On save one signed GET is sent; the bare plaintext has to come back within 1 second.</small></p>
<div><button>保存模版<i>save</i></button></div></form></section>`,
  });
};
