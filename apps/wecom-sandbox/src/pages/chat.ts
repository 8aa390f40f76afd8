import type { Sandbox } from '../sandbox';
import { actsOf } from '../control/chat';
import { find } from '../control/find';
import { shownVersion } from '../control/views';
import { isInVisibleRange, refusalOfUse } from '../rules/usable';
import type { Installation, Member, Push } from '../store/types';
import { both, html, type Html } from './html';
import { action, heading, layout } from './layout';
import { corpName, labelPill } from './parts';

const CHAT = { href: '/chat', text: '应用会话' };
const chatPath = (app: Installation, userId: string): string => `/chat/${app.id}/${encodeURIComponent(userId)}`;

export const chatsPage = (sandbox: Sandbox): string => {
  const apps = sandbox.store.installations.all().filter((app) => app.cancelledAt === undefined);
  return layout({
    title: '应用会话',
    door: '/chat',
    body: html`${heading('应用会话', 'Members use an app')}<section class="card">${
      apps.length === 0
        ? html`<p class="empty">还没有已安装的应用 · no app is installed</p>`
        : html`<div class="scroll"><table><thead><tr><th>企业<small class="en">corp</small></th><th>应用
          <small class="en">app</small></th><th>状态<small class="en">status</small></th></tr></thead>
          <tbody>${apps.map((app) => html`<tr><td>${corpName(sandbox, app.corpId)}</td>
          <td><a href="/chat/${app.id}">${shownVersion(app).name}</a></td><td>${labelPill(app)}</td></tr>`)}</tbody></table></div>`
    }</section>`,
  });
};

const memberRow = (app: Installation, member: Member): Html =>
  html`<tr><td><a href="${chatPath(app, member.userId)}">${member.name}</a></td><td><code>${member.userId}</code></td>
    <td>${
    isInVisibleRange(app, member)
      ? html`<span class="pill good">可见范围内</span>`
      : html`<span class="pill" title="outside the visible range">可见范围外</span>`
  }</td></tr>`;

export const membersPage = (sandbox: Sandbox, installationId: string): string => {
  const app = find.installation(sandbox, installationId);
  const { name } = shownVersion(app);
  return layout({
    title: name,
    door: '/chat',
    crumbs: [CHAT],
    body: html`${heading(name, 'choose a member')}<p>${labelPill(app)} ${corpName(sandbox, app.corpId)}</p>
<section class="card"><h2>${both('以哪位成员的身份？', 'As which member?')}</h2><div class="scroll"><table>
<tbody>${find.corp(sandbox, app.corpId).members.map((member) => memberRow(app, member))}</tbody></table></div></section>`,
  });
};

const FATE: Record<Push['outcome'], readonly [string, string]> = {
  PENDING: ['发送中', 'on its way'],
  DELIVERED: ['已送达', 'delivered'],
  REFUSED: ['应答不合要求', 'the answer does not fit'],
  FAILED: ['未送达', 'not delivered'],
  DROPPED: ['被丢弃', 'dropped by a fault'],
};

const exchange = (push: Push): Html => {
  const reply = push.attempts.at(-1)?.reply;
  const [zh, en] = FATE[push.outcome];
  const problem = reply?.accepted === false && html` · ${reply.zh}`;
  return html`<div class="said">${push.act!.text}</div>
<div class="fate soft" title="${en}">${push.infoType} · ${zh}${problem}</div>${
    reply?.accepted === true &&
    html`<div class="reply">${reply.msgType === 'text' ? reply.content : `[${reply.msgType}]`}</div>`
  }`;
};

const doings = (app: Installation, base: string): Html =>
  html`<form class="stack" method="post" action="${base}/text"><label><span>${both('消息', 'message')}</span>
<input type="text" name="text" autocomplete="off" required></label><div><button>发送<i>send</i></button></div></form>
<p>${action({ to: `${base}/enter`, zh: '进入应用', en: 'open the app' })}${(app.online?.menu ?? []).map((button, index) =>
    action({ to: `${base}/menu`, zh: button.name, en: 'menu', values: { index: String(index) } }),
  )}</p>`;

const STILL_SENDING_REFRESH = 1;

export const chatPage = (sandbox: Sandbox, installationId: string, userId: string, error?: Html): string => {
  const app = find.installation(sandbox, installationId);
  const member = find.member(sandbox, app.corpId, userId);
  const pushes = actsOf(sandbox, installationId, userId);
  const refusal = refusalOfUse(app, member);
  const { name } = shownVersion(app);
  return layout({
    title: member.name,
    door: '/chat',
    crumbs: [CHAT, { href: `/chat/${app.id}`, text: name }],
    // Not under a refusal: loading that page again would lose it.
    refreshSeconds:
      error === undefined && pushes.some(({ outcome }) => outcome === 'PENDING') ? STILL_SENDING_REFRESH : undefined,
    body: html`<div class="narrow">${heading(`${member.name} 与 ${name}`, `${member.userId} in ${corpName(sandbox, app.corpId)}`)}${error}
<section class="card"><div class="talk">${
      pushes.length === 0 ? html`<p class="empty">还没有消息 · nothing yet</p>` : pushes.map(exchange)
    }</div></section>
${
  error === undefined &&
  refusal !== undefined &&
  html`<p class="note">${refusal.text.zh}<small class="en">${refusal.text.en}</small></p>`
}
<section class="card">${doings(app, chatPath(app, userId))}</section></div>`,
  });
};
