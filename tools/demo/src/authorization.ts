import { operations } from '@daikaifa/client';
import { found } from './doors';
import type { Doors } from './provider';
import type { Timeline } from './timeline';
import { until } from './until';

/** A customer corp in the sandbox. */
export interface CorpAtWecom {
  readonly corpId: string;
  readonly members: ReadonlyArray<{ readonly userId: string; readonly admin: boolean }>;
}

/** A template's app in a corp, in the sandbox. */
export interface InstallationAtWecom {
  readonly id: string;
  readonly agentId: number;
  readonly encryptedCorpId: string;
}

/** The authorizations of a template, newest first. */
export const findAuthorizations = async ({ admin }: Doors, templateId: string) =>
  found((await admin.ask(operations.AuthorizationsDocument, { id: templateId })).delegatedTemplate, 'the template')
    .authorizations.nodes;
export type Authorization = Awaited<ReturnType<typeof findAuthorizations>>[number];

/** The links of a template, newest first. */
export const findLinks = async ({ admin }: Doors, templateId: string) =>
  found((await admin.ask(operations.LinksDocument, { id: templateId })).delegatedTemplate, 'the template')
    .authorizationLinks.nodes;

export const makeCorp = ({ sandbox }: Doors, name: string): Promise<CorpAtWecom> =>
  sandbox.call<CorpAtWecom>('POST', '/corps', { name });

/** The corp's admin scans and confirms. */
export const scan = async ({ sandbox }: Doors, linkUrl: string, corp: CorpAtWecom): Promise<readonly InstallationAtWecom[]> => {
  const linkId = found(new URL(linkUrl).pathname.split('/').at(-1), 'the id of the link');
  const admin = found(corp.members.find((member) => member.admin), 'an admin of the corp');
  const { installed } = await sandbox.call<{ installed: readonly InstallationAtWecom[] }>('POST', `/links/${linkId}/confirm`, {
    corpId: corp.corpId,
    adminUserId: admin.userId,
  });
  return installed;
};

/** The authorization of one corp, once it is active and WeCom was asked about it. */
export const untilObserved = async (doors: Doors, templateId: string, encryptedCorpId: string): Promise<Authorization> => {
  const isObserved = ({ corp, status, current }: Authorization): boolean =>
    corp.id === encryptedCorpId && status === 'ACTIVE' && current.observation.agent !== null;
  const all = await until(
    'the observed authorization',
    () => findAuthorizations(doors, templateId),
    (one) => one.some(isObserved),
  );
  return found(all.find(isObserved), 'the authorization');
};

export const authorize = async (doors: Doors, templateId: string, timeline: Timeline) => {
  const link = await timeline.step('GraphQL', '授权二维码 · the authorization QR', async () => {
    const links = await until('an active link', () => findLinks(doors, templateId), ([first]) => first?.state === 'ACTIVE');
    const active = found(links[0], 'the link');
    const png = await fetch(active.pngUrl);
    const bytes = (await png.arrayBuffer()).byteLength;
    if (!png.ok || png.headers.get('content-type') !== 'image/png') {
      throw new Error(`the QR picture was not served: ${png.status}`);
    }
    return { observed: `${active.pngUrl} (PNG, ${bytes} bytes)`, value: active };
  });
  const corp = await timeline.step('WeCom admin', '企业存在 · a customer corp with members', async () => {
    const made = await makeCorp(doors, '示例企业');
    return { observed: `${made.members.length} members`, value: made };
  });
  const installation = await timeline.step('WeCom admin', '管理员扫码并确认 · admin scans and confirms', async () => {
    const app = found((await scan(doors, found(link.url, 'the URL of the link'), corp))[0], 'the installation');
    return { observed: `installed, agentid ${app.agentId}; create_auth pushed`, value: app };
  });
  const authorization = await timeline.step('machine', 'create_auth → 换取 → 已授权 · exchanged, ACTIVE', async () => {
    const one = await untilObserved(doors, templateId, installation.encryptedCorpId);
    const { agent } = one.current.observation;
    return { observed: `authorization ${one.id} ACTIVE, corp ${one.corp.name}, agentid ${agent?.agentId}`, value: one };
  });
  return { link, installation, corp, authorization };
};
