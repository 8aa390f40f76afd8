import { both, html, type Html } from './html';

const DOORS = [
  { href: '/console', zh: '服务商后台', en: 'Provider console' },
  { href: '/admin', zh: '企业管理后台', en: 'Corp admin' },
  { href: '/chat', zh: '应用会话', en: 'Chat' },
  { href: '/pushes', zh: '推送记录', en: 'Pushes' },
  { href: '/sandbox/api', zh: '沙箱接口', en: 'Sandbox API' },
] as const;

export interface Page {
  readonly title: string;
  readonly door?: (typeof DOORS)[number]['href'];
  readonly crumbs?: ReadonlyArray<{ readonly href: string; readonly text: string }>;
  /** The page loads itself again after so many seconds: something on it is still going on. */
  readonly refreshSeconds?: number | undefined;
  readonly body: Html;
}

export const layout = ({ title, door, crumbs, refreshSeconds, body }: Page): string =>
  html`<!doctype html>
<html lang="zh-CN">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${title} · 企业微信沙箱</title><link rel="icon" href="data:,"><link rel="stylesheet" href="/assets/sandbox.css">${refreshSeconds !== undefined && html`
<meta http-equiv="refresh" content="${refreshSeconds}">`}</head>
<body>
<header class="top"><div><a class="mark" href="/">企业微信沙箱</a>
${DOORS.map(({ href, zh, en }) => html`
  <a href="${href}" title="${en}" class="${href === door ? 'here' : ''}">${zh}</a>`)}
<span class="tag">本地替身，非真实企业微信 · stand-in, not WeCom</span></div></header>
<main>
${crumbs !== undefined && html`<p class="crumbs">${crumbs.map(({ href, text }) => html`
  <a href="${href}">${text}</a> › `)}${title}</p>`}
${body}
</main></body></html>`.markup;

export const heading = (zh: string, en: string): Html => html`<h1>${both(zh, en)}</h1>`;

export const textField = (field: {
  readonly name: string;
  readonly zh: string;
  readonly en: string;
  readonly value?: string | undefined;
  readonly placeholder?: string;
  readonly optional?: boolean;
}): Html =>
  html`<label><span>${both(field.zh, field.en)}</span>
    <input type="text" name="${field.name}" value="${field.value ?? ''}" placeholder="${field.placeholder ?? ''}" autocomplete="off" ${field.optional === true ? html`` : html`required`}></label>`;

export const textArea = (field: {
  readonly name: string;
  readonly zh: string;
  readonly en: string;
  readonly value: string;
  readonly placeholder?: string;
}): Html =>
  html`<label><span>${both(field.zh, field.en)}</span>
    <textarea name="${field.name}" rows="3" placeholder="${field.placeholder ?? ''}">${field.value}</textarea></label>`;

export const checkbox = (box: {
  readonly name: string;
  readonly value: string;
  readonly text: string;
  readonly sub: string;
  readonly on: boolean;
}): Html =>
  html`<label class="check">
    <input type="checkbox" name="${box.name}" value="${box.value}" ${box.on ? html`checked` : html``}><span>${both(box.text, box.sub)}</span></label>`;

/** A button that posts to one address; `values` travel along unseen. */
export const action = (button: {
  readonly to: string;
  readonly zh: string;
  readonly en: string;
  readonly look?: string;
  readonly values?: Readonly<Record<string, string>>;
}): Html =>
  html`<form class="line" method="post" action="${button.to}">${Object.entries(button.values ?? {}).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  )}<button class="${button.look ?? 'plain small'}">${button.zh}<i>${button.en}</i></button></form>`;

export const time = (ms: number): string =>
  new Date(ms).toLocaleString('zh-CN', { hour12: false, timeZone: 'Asia/Shanghai' });
