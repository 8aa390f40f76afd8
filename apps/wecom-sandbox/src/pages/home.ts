import type { Sandbox } from '../sandbox';
import { OPERATION_GROUPS, SANDBOX_API_PREFIX } from '../control/sandbox-api';
import { both, html } from './html';
import { heading, layout } from './layout';
import { pushTable, recentPushes } from './parts';

const DOORS = [
  {
    href: '/console',
    zh: '服务商后台',
    en: 'Provider console',
    what: '模版、批量授权、开始代开发与修改应用、申请权限、提交审核与上线、查看 suite_id 与 secret。',
  },
  {
    href: '/admin',
    zh: '企业管理后台',
    en: 'Corp admin',
    what: '创建企业与成员、确认或拒绝权限申请、可见范围、停用与取消授权。',
  },
  { href: '/chat', zh: '应用会话', en: 'Chat', what: '以成员身份给应用发消息、进入应用、点菜单，查看被动回复。' },
  { href: '/pushes', zh: '推送记录', en: 'Pushes', what: '每次回调推送的结果、耗时与应答。' },
  {
    href: '/sandbox/api',
    zh: '沙箱接口',
    en: 'Sandbox API',
    what: '页面上的每个操作都有对应的 JSON 接口，另有故障、时钟与统计。',
  },
] as const;

export const homePage = (sandbox: Sandbox): string =>
  layout({
    title: '首页',
    body: html`${heading('企业微信沙箱', 'A stand-in for WeCom: for development, tests and demonstrations')}
<p class="note">服务端接口基址：<code>${sandbox.publicUrl()}</code>
  <small class="en">base URL of the server API (/cgi-bin/…)</small></p>
<div class="grid">${DOORS.map(({ href, zh, en, what }) => html`<a class="card door" href="${href}">
  <h2>${both(zh, en)}</h2><p>${what}</p></a>`)}</div>`,
  });

export const pushesPage = (sandbox: Sandbox): string =>
  layout({
    title: '推送记录',
    door: '/pushes',
    body: html`${heading('推送记录', 'The latest pushes to callback URLs')}
      <section class="card">${pushTable(recentPushes(sandbox))}</section>`,
  });

export const apiPage = (): string =>
  layout({
    title: '沙箱接口',
    door: '/sandbox/api',
    body: html`${heading('沙箱接口', 'Sandbox API: JSON in, JSON out')}
<p class="note">路径参数、查询参数与 JSON 正文合并为输入；错误返回 <code>{code, message, violations}</code>。
  <small class="en">Path, query and JSON body together are the input; refusals come as {code, message, violations}. Local use only: some answers hold secrets.</small></p>
${OPERATION_GROUPS.map(
  (group) =>
    html`<section class="card"><h2>${both(group.zh, group.en)}</h2><div class="scroll"><table><thead><tr><th>方法</th>
      <th>路径<small class="en">path and body</small></th><th>作用<small class="en">what it does</small></th></tr></thead>
      <tbody>${group.operations.map((operation) => html`<tr><td><span class="pill">${operation.method}</span></td>
      <td><code>${SANDBOX_API_PREFIX}${operation.path}</code>${operation.fields !== undefined && html`
      <small class="en">${operation.fields}</small>`}</td>
      <td>${both(operation.zh, operation.en)}</td></tr>`)}</tbody></table></div></section>`,
)}`,
  });
