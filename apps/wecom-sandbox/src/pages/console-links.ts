import type { Sandbox } from '../sandbox';
import { find } from '../control/find';
import { linkUrl } from '../control/views';
import { drawnQr } from './console-template';
import { html } from './html';
import { heading, layout, time } from './layout';

export const batchLinkPage = async (sandbox: Sandbox, linkId: string): Promise<string> => {
  const link = find.link(sandbox, linkId);
  const provider = find.provider(sandbox, link.providerId);
  const end = link.expiresAt === undefined ? '不过期' : `${time(link.expiresAt)} 前有效`;
  const hint = html`<p>请企业管理员扫码，一次授权以下模版。${end}
    <small class="en">One scan authorizes all of these.</small></p>
    <ul class="ticks">${link.suiteIds.map((suiteId) => html`<li>${find.template(sandbox, suiteId).name}</li>`)}</ul>`;
  return layout({
    title: '批量授权二维码',
    door: '/console',
    crumbs: [
      { href: '/console', text: '服务商后台' },
      { href: `/console/providers/${provider.id}`, text: provider.name },
    ],
    body: html`${heading('批量授权二维码', 'Batch authorization')}
<section class="card">${await drawnQr(linkUrl(sandbox, link.id), hint)}</section>`,
  });
};
