// What one life cycle costs while 10, 100 and 1,000 authorizations of its template are there: the time of each step as
// people and backends see it at the gateway, and the processor time and memory of each process. Peer of a size is the
// smallest size of the same run. npm run bench:life-cycle -- [--sizes=10,100,1000] [--fast-mongo]
import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { operations } from '@daikaifa/client';
import {
  bringTemplateOnline,
  connectBackend,
  developInConsole,
  editCorpApp,
  findLinks,
  findPermissions,
  found,
  launchInConsole,
  makeCorp,
  requestInConsole,
  requestPermissions,
  scan,
  silentTimeline,
  startBackend,
  startCorpApp,
  submitApps,
  until,
  untilCorpApp,
  untilMade,
  untilObserved,
  type Backend,
  type OnlineTemplate,
} from '@daikaifa/demo';
import { APPS, createStack, type App, type Stack } from '@daikaifa/stack';
import { benchServers, cpuMs, print, quantile, residentMb, runBench } from './figures';

const REPETITIONS = 10;
/** Corps that scan at one time while a size is made. */
const AT_ONCE = 4;
const PERMISSIONS = ['externalcontact:base:base', 'corp_arch:base:base'];

const STEPS = [
  'scan → ACTIVE and observed',
  'corp app visible',
  '开始代开发, content',
  'permissions granted',
  'submitted → prechecked',
  'approved, launched → ONLINE',
  'message → backend',
  'cancelled → ERASED',
] as const;
type Step = (typeof STEPS)[number];

interface Scene extends OnlineTemplate {
  readonly stack: Stack;
  readonly backend: Backend;
  readonly linkUrl: string;
}

type Times = Record<Step, number[]>;

const sizesOf = (args: readonly string[]): number[] => {
  const given = args.find((one) => one.startsWith('--sizes='))?.slice('--sizes='.length) ?? '10,100,1000';
  const sizes = given.split(',').map(Number);
  if (sizes.some((size) => !Number.isInteger(size) || size < 1)) {
    throw new Error(`--sizes takes whole numbers from 1, separated by commas; given: ${given}`);
  }
  return sizes.toSorted((a, b) => a - b);
};

/** Scans without looking; @returns the encrypted corp id */
const join = async ({ doors, linkUrl }: Scene, name: string): Promise<string> =>
  found((await scan(doors, linkUrl, await makeCorp(doors, name)))[0], 'the installation').encryptedCorpId;

/** Brings the number of authorizations to `size`; resolves when all are dealt with. */
const fill = async (scene: Scene, present: number, size: number): Promise<void> => {
  let next = present;
  const worker = async (): Promise<void> => {
    while (next < size) {
      next += 1;
      if (next % 100 === 0) {
        process.stderr.write(`… ${next} of ${size} corps have scanned\n`);
      }
      await join(scene, `企业${next}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  const link = () => findLinks(scene.doors, scene.templateId);
  await until('the installs', link, ([first]) => (first?.installs ?? 0) >= size, 900_000);
};

/** One corp from its scan to its erasure. */
const live = async (scene: Scene, times: Times, name: string): Promise<void> => {
  const { doors, templateId, suiteId, backend } = scene;
  const { reviewer, admin, sandbox } = doors;
  const timed = async <T>(step: Step, work: () => Promise<T>): Promise<T> => {
    const beganAtMs = performance.now();
    const value = await work();
    times[step].push(performance.now() - beganAtMs);
    return value;
  };
  const corp = await makeCorp(doors, name);
  const { installation, authorization } = await timed('scan → ACTIVE and observed', async () => {
    const installed = found((await scan(doors, scene.linkUrl, corp))[0], 'the installation');
    return { installation: installed, authorization: await untilObserved(doors, templateId, installed.encryptedCorpId) };
  });
  const { id } = await timed('corp app visible', () => untilMade(doors, templateId, authorization.id));
  await timed('开始代开发, content', async () => {
    await startCorpApp(doors, id);
    const content = { introduction: '销售团队管理客户', homePageUrl: 'https://crm.example.com/home', trustedDomain: 'crm.example.com' };
    await editCorpApp(doors, id, { ...content, callback: 'TEMPLATE' });
  });
  await developInConsole(doors, installation.id, {});
  await timed('permissions granted', async () => {
    await requestPermissions(doors, id, PERMISSIONS);
    const requestId = await requestInConsole(doors, installation.id, PERMISSIONS);
    await sandbox.call('POST', `/permission-requests/${requestId}/confirm`, {});
    await until('the grant', () => findPermissions(doors, id), ({ requests }) => requests.nodes[0]?.state === 'GRANTED');
  });
  const itemIn = async (batchId: string, state: string) => {
    const ask = async () => (await reviewer.ask(operations.CorpAppReviewItemsDocument, { batchId })).reviewItems.nodes;
    const { id: itemId, version: expectedVersion } = found((await until(`an item in ${state}`, ask, ([item]) => item?.state === state))[0], 'it');
    return { itemId, expectedVersion };
  };
  const { batchId, pending } = await timed('submitted → prechecked', async () => {
    const batch = await submitApps(doors, templateId, [id]);
    return { batchId: batch, pending: await itemIn(batch, 'PENDING') };
  });
  await timed('approved, launched → ONLINE', async () => {
    await reviewer.ask(operations.DecideDocument, { input: { ...pending, decision: 'APPROVED' } });
    await admin.ask(operations.LaunchDocument, { input: await itemIn(batchId, 'APPROVED') });
    await launchInConsole(doors, suiteId, [installation.id]);
    await untilCorpApp(doors, id, 'the launch', ({ status }) => status === 'ONLINE');
  });
  const userId = found(corp.members[0], 'a member').userId;
  await sandbox.call('PUT', `/installations/${installation.id}/visible-range`, { users: [userId], parties: [], tags: [] });
  await timed('message → backend', async () => {
    const text = randomUUID();
    await sandbox.call('POST', `/installations/${installation.id}/messages`, { userId, text });
    const isIt = ({ type, data }: (typeof backend.received)[number]): boolean => type === 'wecom.app.text' && JSON.stringify(data).includes(text);
    await until('the message', async () => backend.received, (events) => events.slice(-100).some(isIt));
  });
  await timed('cancelled → ERASED', async () => {
    await sandbox.call('POST', `/installations/${installation.id}/cancel`);
    const ask = async () => (await admin.ask(operations.ErasuresDocument, { id: authorization.id })).authorization?.erasures.nodes[0];
    await until('the erasure', ask, (record) => record?.state === 'ERASED');
  });
};

interface Measured {
  readonly size: number;
  readonly p50: Readonly<Record<Step, number>>;
  readonly cpu: Readonly<Record<App, number>>;
  readonly memory: Readonly<Record<App, number>>;
}

const byApp = (read: (app: App) => number): Record<App, number> =>
  Object.fromEntries(APPS.map((app) => [app, read(app)])) as Record<App, number>;

const measure = async (scene: Scene, size: number): Promise<Measured> => {
  const times = Object.fromEntries(STEPS.map((step) => [step, [] as number[]])) as Times;
  const used = () => byApp((app) => cpuMs(scene.stack.processes[app].pid()));
  // One that is not counted: what is compiled and cached at the first use.
  await live(scene, Object.fromEntries(STEPS.map((step) => [step, [] as number[]])) as Times, `暖${size}`);
  const before = used();
  for (let count = 0; count < REPETITIONS; count += 1) {
    await live(scene, times, `例${size}-${count}`);
    process.stderr.write(`… ${size} authorizations: life cycle ${count + 1} of ${REPETITIONS}\n`);
  }
  const after = used();
  return {
    size,
    p50: Object.fromEntries(STEPS.map((step) => [step, quantile(times[step], 0.5)])) as Record<Step, number>,
    cpu: byApp((app) => (after[app] - before[app]) / REPETITIONS),
    memory: byApp((app) => residentMb(scene.stack.processes[app].pid())),
  };
};

const table = (what: string, rows: readonly string[], all: readonly Measured[], read: (one: Measured, row: string) => number): void => {
  print(`\n| ${what} | ${all.map(({ size }) => size).join(' | ')} | growth |`);
  print(`| --- |${' --- |'.repeat(all.length + 1)}`);
  for (const row of rows) {
    const values = all.map((one) => read(one, row));
    print(`| ${row} | ${values.map((value) => value.toFixed(0)).join(' | ')} | ${((values.at(-1) ?? 0) / (values[0] ?? 1)).toFixed(2)} |`);
  }
};

runBench(async () => {
  const sizes = sizesOf(process.argv.slice(2));
  const name = `bench-${Date.now().toString(36)}`;
  const stack = await createStack({ root: process.cwd(), servers: benchServers(), folder: resolve('.local/bench', name), name });
  const backend = await startBackend();
  try {
    await stack.start();
    const online = await bringTemplateOnline(stack, silentTimeline);
    await connectBackend(online.doors, backend, silentTimeline);
    const links = await until('the link', () => findLinks(online.doors, online.templateId), ([first]) => first?.state === 'ACTIVE');
    const scene: Scene = { ...online, stack, backend, linkUrl: found(links[0]?.url, 'the URL') };
    const all: Measured[] = [];
    let scanned = 0;
    for (const size of sizes) {
      const beganAtMs = performance.now();
      const target = scanned + size - (all.at(-1)?.size ?? 0);
      await fill(scene, scanned, target);
      print(`${size} authorizations are there, the last ${target - scanned} in ${((performance.now() - beganAtMs) / 1_000).toFixed(0)} s`);
      all.push(await measure(scene, size));
      scanned = target + REPETITIONS + 1;
    }
    table('p50, ms, with so many authorizations', STEPS, all, (one, row) => one.p50[row as Step]);
    table('processor time of one life cycle, ms', APPS, all, (one, row) => one.cpu[row as App]);
    table('resident memory, MB', APPS, all, (one, row) => one.memory[row as App]);
  } finally {
    await stack.stop();
    await backend.stop();
  }
});
