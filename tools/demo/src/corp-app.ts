import { randomUUID } from 'node:crypto';
import { operations } from '@daikaifa/client';
import type { CorpAtWecom, InstallationAtWecom } from './authorization';
import { issueKeys, pressSave } from './callback';
import { found } from './doors';
import { onNewest } from './newest';
import type { Doors } from './provider';
import type { Timeline } from './timeline';
import { until } from './until';

/** One corp with the template's app, at WeCom and here. */
export interface Customer {
  readonly corp: CorpAtWecom;
  readonly installation: InstallationAtWecom;
  readonly authorizationId: string;
  readonly corpAppId: string;
}

export const findCorpApps = async ({ developer }: Doors, templateId: string) =>
  found((await developer.ask(operations.CorpAppsOfTemplateDocument, { templateId })).delegatedTemplate, 'the template')
    .corpApps.nodes;

export const findCorpApp = async ({ developer }: Doors, id: string) =>
  found((await developer.ask(operations.CorpAppByIdDocument, { id })).corpApp, 'the app');
export type CorpApp = Awaited<ReturnType<typeof findCorpApp>>;

export const untilCorpApp = (
  doors: Doors,
  id: string,
  what: string,
  holds: (app: CorpApp) => boolean,
): Promise<CorpApp> => until(what, () => findCorpApp(doors, id), holds);

const changeOf = async (doors: Doors, corpAppId: string) => ({
  corpAppId,
  expectedVersion: (await findCorpApp(doors, corpAppId)).version,
});

/** The app that the authorization has made. */
export const untilMade = async (doors: Doors, templateId: string, authorizationId: string): Promise<CorpApp> => {
  const isThis = ({ authorization }: CorpApp): boolean => authorization.id === authorizationId;
  const all = await until('the app of the authorization', () => findCorpApps(doors, templateId), (apps) => apps.some(isThis));
  return found(all.find(isThis), 'the app');
};

export const startCorpApp = (doors: Doors, corpAppId: string): Promise<CorpApp> =>
  onNewest(
    () => changeOf(doors, corpAppId),
    async (input) => (await doors.developer.ask(operations.StartCorpAppDocument, { input })).startCorpApp.corpApp,
  );

export const editCorpApp = (doors: Doors, corpAppId: string, content: operations.CorpAppContentInput): Promise<CorpApp> =>
  onNewest(
    () => changeOf(doors, corpAppId),
    async (change) => (await doors.developer.ask(operations.EditCorpAppDocument, { input: { ...change, content } })).editCorpApp.corpApp,
  );

const HOME_PAGE = 'https://crm.example.com/home';
const TRUSTED_DOMAIN = 'crm.example.com';

const FAULTY: operations.CorpAppContentInput = {
  name: '免费抽奖',
  introduction: '短',
  trustedDomain: 'https://crm.example.com',
  ipWhitelist: ['not-an-address'],
};
/** What a review accepts. */
export const GOOD_CONTENT: operations.CorpAppContentInput = {
  introduction: '销售团队在企业微信中管理客户、跟进商机，并在工作台直接打开',
  homePageUrl: HOME_PAGE,
  trustedDomain: TRUSTED_DOMAIN,
  ipWhitelist: [],
};

/** 开始代开发应用 in WeCom's console: what was written here is typed in there. */
export const developInConsole = (
  { sandbox }: Doors,
  installationId: string,
  callback: { readonly callbackUrl?: string; readonly token?: string; readonly encodingAesKey?: string },
): Promise<unknown> =>
  pressSave(() =>
    sandbox.call('POST', `/installations/${installationId}/app`, {
      name: '示例CRM',
      intro: GOOD_CONTENT.introduction,
      logoUrl: 'https://crm.example.com/logo.png',
      homePageUrl: HOME_PAGE,
      trustedDomain: TRUSTED_DOMAIN,
      ...callback,
    }),
  );

export const configure = async (
  doors: Doors,
  known: { readonly templateId: string; readonly authorizationId: string; readonly installationId: string },
  timeline: Timeline,
): Promise<{ corpAppId: string }> => {
  const { developer, admin } = doors;
  const { templateId, authorizationId, installationId } = known;
  const made = await timeline.step('machine', '企业应用: 待开发 · the app of the corp is there', async () => {
    const app = await untilMade(doors, templateId, authorizationId);
    return { observed: `app ${app.id} ${app.status}, the corp sees ${app.corpLabel}`, value: app };
  });
  await timeline.step('GraphQL', '开始代开发应用, 预填 · start, pre-filled from the template', async () => {
    const { workingRevision, status } = await startCorpApp(doors, made.id);
    return { observed: `${status}, name ${workingRevision?.content.name}, callback ${workingRevision?.content.callback}`, value: undefined };
  });
  await timeline.step('GraphQL', '错误的内容被拒 · wrong content is refused, all faults at once', async () => {
    const input = { ...(await changeOf(doors, made.id)), content: FAULTY };
    const violations = (await developer.refusal(operations.EditCorpAppDocument, { input })).flatMap(
      (error) => error.extensions?.violations ?? [],
    );
    const fields = new Set(violations.map(({ field }) => field.split('.')[0]));
    if (fields.size < Object.keys(FAULTY).length) {
      throw new Error(`not every fault was named: ${JSON.stringify(violations)}`);
    }
    violations.forEach(({ field, text }) => timeline.note(`  ✗ ${field}: ${text.zh} · ${text.en}`));
    return { observed: `refused, ${violations.length} violations`, value: undefined };
  });
  await timeline.step('GraphQL', '填写应用信息, 独立回调 · fill in, with a callback of its own', async () => {
    const { workingRevision } = await editCorpApp(doors, made.id, { ...GOOD_CONTENT, callback: 'OWN' });
    return { observed: `revision ${workingRevision?.number} ${workingRevision?.status}`, value: undefined };
  });
  const endpoint = await timeline.step('GraphQL', '应用回调端点与密钥 · the endpoint of the app and its keys', async () => {
    const ask = async () => (await admin.ask(operations.CorpAppEndpointDocument, { id: made.id })).corpApp?.callbackEndpoint;
    const one = found(await until('the endpoint of the app', ask, (each) => each?.kind === 'APP'), 'the endpoint');
    return { observed: one.url, value: { ...one, keys: await issueKeys(doors, one.id) } };
  });
  await timeline.step('WeCom console', '后台开始代开发, GET 验证 · typed into the console, URL verified', async () => {
    await developInConsole(doors, installationId, { callbackUrl: endpoint.url, ...endpoint.keys });
    return { observed: 'callback verified; 开发中 at WeCom', value: undefined };
  });
  return { corpAppId: made.id };
};

/** Hands the working revisions of some apps of one template to review. */
export const submitApps = (doors: Doors, templateId: string, corpAppIds: readonly string[]): Promise<string> => {
  const idempotencyKey = randomUUID();
  return onNewest(
    () => Promise.all(corpAppIds.map((id) => changeOf(doors, id))),
    async (apps) => (await doors.developer.ask(operations.SubmitCorpAppsDocument, { input: { idempotencyKey, templateId, apps } })).submitCorpApps.batchId,
  );
};

export const copyConfiguration = (doors: Doors, toCorpAppId: string, fromCorpAppId: string): Promise<CorpApp> =>
  onNewest(
    () => changeOf(doors, toCorpAppId),
    async (change) => {
      const input = { ...change, fromCorpAppId };
      return (await doors.developer.ask(operations.CopyCorpAppConfigurationDocument, { input })).copyCorpAppConfiguration.corpApp;
    },
  );
