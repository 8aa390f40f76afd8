import { operations } from '@daikaifa/client';
import { makeCorp, scan, untilObserved } from './authorization';
import { copyConfiguration, developInConsole, editCorpApp, submitApps, untilCorpApp, untilMade, type Customer } from './corp-app';
import { found } from './doors';
import type { Doors } from './provider';
import type { Timeline } from './timeline';
import { until } from './until';

export interface AppOfTemplate {
  readonly templateId: string;
  readonly suiteId: string;
  readonly linkUrl: string;
}

const findItems = async ({ reviewer }: Doors, batchId: string) =>
  (await reviewer.ask(operations.CorpAppReviewItemsDocument, { batchId })).reviewItems.nodes;

export type Item = Awaited<ReturnType<typeof findItems>>[number];

export const untilItems = (doors: Doors, batchId: string, count: number, state: string): Promise<readonly Item[]> =>
  until(
    `${count} review items in ${state}`,
    () => findItems(doors, batchId),
    (items) => items.filter((item) => item.state === state).length === count,
  );

export const decide = async ({ reviewer }: Doors, item: Item, decision: 'APPROVED' | 'REJECTED', message?: string): Promise<void> => {
  const reasons = message === undefined ? [] : [{ field: 'introduction', message }];
  await reviewer.ask(operations.DecideDocument, { input: { itemId: item.id, expectedVersion: item.version, decision, reasons } });
};

/** WeCom's own review of the apps, and their launch there. */
export const launchInConsole = async ({ sandbox }: Doors, suiteId: string, installationIds: readonly string[]): Promise<void> => {
  await sandbox.call('POST', `/templates/${suiteId}/submit-apps`, { installationIds });
  for (const id of installationIds) {
    await sandbox.call('POST', `/installations/${id}/verdict`, { verdict: 'APPROVED' });
    await sandbox.call('POST', `/installations/${id}/launch`);
  }
};

/** Approved in WeCom's console and launched there, after it was asked for here. */
export const launch = async (doors: Doors, suiteId: string, items: readonly Item[], customers: readonly Customer[]): Promise<void> => {
  for (const item of items) {
    await doors.admin.ask(operations.LaunchDocument, { input: { itemId: item.id, expectedVersion: item.version } });
  }
  await launchInConsole(doors, suiteId, customers.map(({ installation }) => installation.id));
};

export const isOnline = (app: { readonly status: string; readonly publishStatus?: number | null }): boolean =>
  app.status === 'ONLINE' && app.publishStatus === 2;

/** A further corp scans the same QR; its app gets the configuration of another one. */
const joinWithCopy = async (doors: Doors, of: AppOfTemplate, name: string, from: Customer): Promise<Customer> => {
  const corp = await makeCorp(doors, name);
  return joined(doors, of, corp, from);
};

const joined = async (doors: Doors, of: AppOfTemplate, corp: Customer['corp'], from: Customer): Promise<Customer> => {
  const installation = found((await scan(doors, of.linkUrl, corp))[0], 'the installation');
  const authorization = await untilObserved(doors, of.templateId, installation.encryptedCorpId);
  const { id: corpAppId } = await untilMade(doors, of.templateId, authorization.id);
  await copyConfiguration(doors, corpAppId, from.corpAppId);
  await editCorpApp(doors, corpAppId, { callback: 'TEMPLATE' });
  await developInConsole(doors, installation.id, {});
  return { corp, installation, authorizationId: authorization.id, corpAppId };
};

/** 自行测试: a corp on the provider's test list takes the same path. */
export const testInTestCorp = async (doors: Doors, of: AppOfTemplate, from: Customer, timeline: Timeline): Promise<Customer> => {
  const { admin, publisherId, sandbox, providerCorpId } = doors;
  const corp = await timeline.step('GraphQL', '登记测试企业 · a corp on the test list', async () => {
    const made = await makeCorp(doors, '测试企业');
    await sandbox.call('POST', `/providers/${providerCorpId}/test-corps`, { testCorpId: made.corpId });
    const { version: expectedVersion } = found((await admin.ask(operations.ProviderVersionDocument, { id: publisherId })).publisher, 'the publisher');
    const testCorps = [{ corpId: made.corpId, name: '测试企业' }];
    await admin.ask(operations.UpdateProviderDocument, { input: { publisherId, expectedVersion, testCorps } });
    return { observed: `corpid ${made.corpId}`, value: made };
  });
  const customer = await timeline.step('WeCom admin', '扫码授权, 复制配置 · scanned, configuration copied', async () => {
    const one = await joined(doors, of, corp, from);
    const app = await untilCorpApp(doors, one.corpAppId, 'the test environment', ({ environment }) => environment === 'TEST');
    return { observed: `${app.environment} ${app.status}, shares the template's callback`, value: one };
  });
  await timeline.step('GraphQL', '提交, 审核, 上线 · submitted, approved, launched', async () => {
    const batchId = await submitApps(doors, of.templateId, [customer.corpAppId]);
    const [pending] = await untilItems(doors, batchId, 1, 'PENDING');
    await decide(doors, found(pending, 'the review item'), 'APPROVED');
    await launch(doors, of.suiteId, await untilItems(doors, batchId, 1, 'APPROVED'), [customer]);
    const app = await untilCorpApp(doors, customer.corpAppId, 'the launched test app', isOnline);
    return { observed: `${app.status}, publish status ${app.publishStatus}, the corp sees ${app.corpLabel}`, value: undefined };
  });
  return customer;
};

/** 代开发应用上线: two apps in one batch, one of them rejected first. */
export const launchBatch = async (doors: Doors, of: AppOfTemplate, first: Customer, timeline: Timeline): Promise<Customer> => {
  const second = await timeline.step('WeCom admin', '第二家企业, 复制配置 · a second corp, configuration copied', async () => {
    const one = await joinWithCopy(doors, of, '第二企业', first);
    return { observed: `app ${one.corpAppId}`, value: one };
  });
  const both = [first, second];
  const batchId = await timeline.step('GraphQL', '批量提交两个应用 · two apps in one batch', async () => {
    const id = await submitApps(doors, of.templateId, both.map(({ corpAppId }) => corpAppId));
    const items = await untilItems(doors, id, both.length, 'PENDING');
    const warnings = new Set(items.flatMap(({ prechecks }) => prechecks.filter(({ outcome }) => outcome === 'WARNING').map(({ code }) => code)));
    return { observed: `one ticket ${items[0]?.ticket.state}, ${items.length} items; warnings: ${[...warnings].join(', ') || 'none'}`, value: id };
  });
  await timeline.step('GraphQL', '一个驳回, 一个通过 · one rejected, one approved', async () => {
    for (const item of await findItems(doors, batchId)) {
      const isFirst = item.corpApp?.id === first.corpAppId;
      await decide(doors, item, isFirst ? 'APPROVED' : 'REJECTED', isFirst ? undefined : '请补充使用场景');
    }
    const rejected = await untilCorpApp(doors, second.corpAppId, 'the rejected app', (app) => app.workingRevision?.status === 'REJECTED');
    return { observed: `introduction: ${rejected.workingRevision?.failure?.reasons[0]?.text.zh}; the app is ${rejected.status}`, value: undefined };
  });
  await timeline.step('GraphQL', '修改后再提交, 通过 · mended, submitted again, approved', async () => {
    await editCorpApp(doors, second.corpAppId, { introduction: '销售与客服团队在企业微信中共同跟进客户' });
    const again = await submitApps(doors, of.templateId, [second.corpAppId]);
    const [pending] = await untilItems(doors, again, 1, 'PENDING');
    await decide(doors, found(pending, 'the review item'), 'APPROVED');
    const approved = [...(await untilItems(doors, batchId, 1, 'APPROVED')), ...(await untilItems(doors, again, 1, 'APPROVED'))];
    await launch(doors, of.suiteId, approved.filter(({ state }) => state === 'APPROVED'), both);
    return { observed: 'both approved, launched in the console', value: undefined };
  });
  await timeline.step('machine', '上线状态 2 → 已上线 · publish status 2 confirms both launches', async () => {
    const apps = await Promise.all(both.map(({ corpAppId }) => untilCorpApp(doors, corpAppId, 'the launched app', isOnline)));
    const items = await untilItems(doors, batchId, 1, 'LAUNCHED');
    const confirmedBy = items.find(({ state }) => state === 'LAUNCHED')?.launch?.confirmedBy;
    return { observed: `${apps.map(({ status }) => status).join(', ')}, confirmed by ${confirmedBy}`, value: undefined };
  });
  return second;
};
