import { isAppError } from '@daikaifa/kernel';
import type { Sandbox } from '../sandbox';
import { PUBLISH_STATUS_TEXT } from '../rules/publish-status';
import type { Installation, Push } from '../store/types';
import { html, type Html } from './html';
import { time } from './layout';

/** What a refused form shows above itself. Other errors are not for people: thrown on. */
export const problem = (error: unknown): Html => {
  if (!isAppError(error) || error.code === 'INTERNAL_SERVER_ERROR') {
    throw error;
  }
  const lines = error.violations.length > 0 ? error.violations.map((violation) => violation.text) : [error.text];
  return html`<div class="error" role="alert"><strong>未保存</strong> Not saved<ul>${lines.map(
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

export const publishState = (app: Installation): Html =>
  html`<span class="pill ${app.publishStatus >= 2 ? 'good' : ''}" title="${PUBLISH_STATUS_TEXT[app.publishStatus].en}">${app.publishStatus} · ${PUBLISH_STATUS_TEXT[app.publishStatus].zh}</span>`;

const OUTCOMES: Record<Push['outcome'], { readonly zh: string; readonly look: string }> = {
  PENDING: { zh: '发送中', look: '' },
  DELIVERED: { zh: '已送达', look: 'good' },
  REFUSED: { zh: '应答不是 success', look: 'warn' },
  FAILED: { zh: '失败', look: 'bad' },
  DROPPED: { zh: '被丢弃', look: 'bad' },
};

export const pushTable = (pushes: readonly Push[]): Html =>
  pushes.length === 0
    ? html`<p class="empty">暂无推送 · nothing was pushed yet</p>`
    : html`<div class="scroll"><table><thead><tr><th>时间<small class="en">time</small></th><th>InfoType</th><th>模版
      <small class="en">suite_id</small></th><th>结果<small class="en">outcome</small></th><th>每次发送
      <small class="en">sends</small></th></tr></thead><tbody>${pushes.map(
        (push) =>
          html`<tr><td>${time(push.createdAt)}</td><td><code>${push.infoType}</code></td>
            <td><code>${push.suiteId}</code></td>
            <td><span class="pill ${OUTCOMES[push.outcome].look}" title="${push.outcome}">${OUTCOMES[push.outcome].zh}</span></td>
            <td>${push.attempts.map(
            (attempt, index) =>
              html`
                <div>${index + 1}. ${attempt.status ?? '—'} · ${attempt.ms} ms · <span class="soft">${attempt.answer === '' ? '（空）' : attempt.answer.slice(0, 80)}</span></div>`,
          )}</td></tr>`,
      )}</tbody></table></div>`;

const RECENT_PUSHES = 20;

export const recentPushes = (sandbox: Sandbox, suiteId?: string): Push[] =>
  sandbox.store.pushes
    .find(suiteId === undefined ? {} : { suiteId })
    .slice(-RECENT_PUSHES)
    .reverse();

export const corpName = (sandbox: Sandbox, corpId: string): string => sandbox.store.corps.get(corpId)?.name ?? corpId;
