import { isAppError } from '@daikaifa/kernel';
import type { Sandbox } from '../sandbox';
import { PUBLISH_STATUS_TEXT, REVIEW_TEXT } from '../rules/app-steps';
import { PERMISSION_GROUPS } from '../rules/permission-catalogue';
import { isKnownPermission, needsSecondConfirmation, permissionName } from '../rules/permissions';
import { REQUEST_TEXT, type RequestState } from '../rules/permission-request';
import { CORP_LABEL_TEXT, corpLabel } from '../rules/usable';
import type { Installation, Push, PushAttempt } from '../store/types';
import { html, type Html } from './html';
import { checkbox, time } from './layout';

/** What a refused form shows above itself. Other errors are not for people: thrown on. */
export const problem = (error: unknown): Html => {
  if (!isAppError(error) || error.code === 'INTERNAL_SERVER_ERROR') {
    throw error;
  }
  const lines = error.violations.length > 0 ? error.violations.map((violation) => violation.text) : [error.text];
  return html`<div class="error" role="alert"><strong>操作未完成</strong> Not done<ul>${lines.map(
    (line) => html`<li>${line.zh}<small class="en">${line.en}</small></li>`,
  )}</ul></div>`;
};

export const appState = (app: Installation): Html => {
  if (app.cancelledAt !== undefined) {
    return html`<span class="pill bad" title="cancelled">已取消授权</span>`;
  }
  return app.closed
    ? html`<span class="pill warn" title="disabled">已停用</span>`
    : html`<span class="pill good" title="authorized">已授权</span>`;
};

const LABEL_LOOK = { IN_DEVELOPMENT: '', ENABLED: 'good', DISABLED: 'warn', CANCELLED: 'bad' } as const;

/** What the corp's people see beside the app. */
export const labelPill = (app: Installation): Html => {
  const label = corpLabel(app);
  const { zh, en } = CORP_LABEL_TEXT[label];
  return html`<span class="pill ${LABEL_LOOK[label]}" title="${en}">${zh}</span>`;
};

const REVIEW_LOOK = { NONE: '', IN_REVIEW: 'warn', APPROVED: 'good', REJECTED: 'bad' } as const;

export const reviewPill = (app: Installation): Html => {
  const review = app.review ?? 'NONE';
  return html`<span class="pill ${REVIEW_LOOK[review]}" title="${REVIEW_TEXT[review].en}">${REVIEW_TEXT[review].zh}</span>${html` <span class="soft">${app.rejectReason}</span>`}`;
};

const REQUEST_LOOK: Record<RequestState, string> = {
  PENDING: 'warn',
  PENDING_SECOND: 'warn',
  GRANTED: 'good',
  DECLINED: 'bad',
  SUPERSEDED: '',
  WITHDRAWN: '',
  VOID: '',
};

export const requestPill = (state: RequestState): Html =>
  html`<span class="pill ${REQUEST_LOOK[state]}" title="${REQUEST_TEXT[state].en}">${REQUEST_TEXT[state].zh}</span>`;

/** Permissions by name and code; `mark` is put behind each. */
export const permissionList = (codes: readonly string[], mark: (code: string) => Html | false = () => false): Html =>
  codes.length === 0
    ? html`<p class="empty">无 · none</p>`
    : html`<ul class="plain">${codes.map(
        (code) => html`<li>${permissionName(code)} <code>${code}</code> ${mark(code)}</li>`,
      )}</ul>`;

/** All custom permissions to tick, by group; those that a corp set and the console does not know come last. */
export const permissionBoxes = (ticked: readonly string[]): Html => {
  const strange = ticked.filter((code) => !isKnownPermission(code));
  const groups = [
    ...PERMISSION_GROUPS,
    ...(strange.length === 0
      ? []
      : [{ zh: '未知权限', en: 'unknown', permissions: Object.fromEntries(strange.map((code) => [code, code])) }]),
  ];
  return html`${groups.map(({ zh, en, permissions }) => {
    const codes = Object.keys(permissions);
    const chosen = codes.filter((code) => ticked.includes(code)).length;
    return html`<details ${chosen > 0 || codes[0] === 'contact:sensitive:avatar' ? html`open` : html``}>
      <summary>${zh} <span class="soft">${en} · ${chosen}/${codes.length}</span></summary><div class="choices">${codes.map(
        (code) =>
          checkbox({
            name: 'permissions',
            value: code,
            text: `${permissionName(code)}${needsSecondConfirmation(code) ? '（需二次确认）' : ''}`,
            sub: code,
            on: ticked.includes(code),
          }),
      )}</div></details>`;
  })}`;
};

export const publishState = (app: Installation): Html =>
  html`<span class="pill ${app.publishStatus >= 2 ? 'good' : ''}" title="${PUBLISH_STATUS_TEXT[app.publishStatus].en}">${app.publishStatus} · ${PUBLISH_STATUS_TEXT[app.publishStatus].zh}</span>`;

const OUTCOMES: Record<Push['outcome'], { readonly zh: string; readonly look: string }> = {
  PENDING: { zh: '发送中', look: '' },
  DELIVERED: { zh: '已送达', look: 'good' },
  REFUSED: { zh: '应答不合要求', look: 'warn' },
  FAILED: { zh: '失败', look: 'bad' },
  DROPPED: { zh: '被丢弃', look: 'bad' },
};

/** A passive reply in clear, or the start of what was answered. */
const answerOf = ({ answer, reply }: PushAttempt): string => {
  if (reply !== undefined) {
    return reply.accepted ? `回复 ${reply.msgType}：${reply.content.slice(0, 80)}` : reply.zh;
  }
  return answer === '' ? '（空）' : answer.slice(0, 80);
};

export const pushTable = (pushes: readonly Push[]): Html =>
  pushes.length === 0
    ? html`<p class="empty">暂无推送 · nothing was pushed yet</p>`
    : html`<div class="scroll"><table><thead><tr><th>时间<small class="en">time</small></th><th>InfoType</th><th>模版
      <small class="en">suite_id</small></th><th>结果<small class="en">outcome</small></th><th>每次发送
      <small class="en">sends</small></th></tr></thead><tbody>${pushes.map(
        (push) =>
          html`<tr><td>${time(push.createdAt)}</td><td><code>${push.infoType}</code></td>
            <td><code>${push.suiteId}</code>${push.installationId !== undefined && html`<small class="en">应用回调 app callback</small>`}</td>
            <td><span class="pill ${OUTCOMES[push.outcome].look}" title="${push.outcome}">${OUTCOMES[push.outcome].zh}</span></td>
            <td>${push.attempts.map(
            (attempt, index) =>
              html`
                <div>${index + 1}. ${attempt.status ?? '—'} · ${attempt.ms} ms · <span class="soft">${answerOf(attempt)}</span></div>`,
          )}</td></tr>`,
      )}</tbody></table></div>`;

const RECENT_PUSHES = 20;

export const recentPushes = (sandbox: Sandbox, suiteId?: string): Push[] =>
  sandbox.store.pushes
    .find(suiteId === undefined ? {} : { suiteId })
    .slice(-RECENT_PUSHES)
    .reverse();

export const corpName = (sandbox: Sandbox, corpId: string): string => sandbox.store.corps.get(corpId)?.name ?? corpId;
