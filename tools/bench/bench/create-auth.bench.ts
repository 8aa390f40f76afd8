// From an admin's confirmation at WeCom to the authorization at the gateway, on the whole stack, one corp after the other;
// besides, what each process needs. The peer of the same run is the limit that WeCom sets for the answer to a push.
import { resolve } from 'node:path';
import {
  bringTemplateOnline,
  createSandboxDoor,
  findAuthorizations,
  findCorpApps,
  silentTimeline,
  until,
} from '@daikaifa/demo';
import { APPS, createStack, type App, type Stack } from '@daikaifa/stack';
import { benchServers, onStack, print, quantile, residentMb } from './figures';

const CORPS = 40;
const ANSWER_LIMIT_MS = 1000;

const describe = (what: string, values: readonly number[]): void => {
  const [p50, p99] = [quantile(values, 0.5), quantile(values, 0.99)];
  const ratio = (p99 / ANSWER_LIMIT_MS).toFixed(2);
  print(`${what}: p50 ${p50.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms (${ratio} of WeCom's ${ANSWER_LIMIT_MS} ms), n ${values.length}`);
};

const measure = async (stack: Stack, startMs: Partial<Record<App, number>>): Promise<void> => {
  const { doors, templateId, suiteId } = await bringTemplateOnline(stack, silentTimeline);
  const sandbox = createSandboxDoor(stack.urls['wecom-sandbox']);
  const { qrcodeUrl } = await sandbox.call<{ qrcodeUrl: string }>('GET', `/templates/${suiteId}`);
  const linkId = new URL(qrcodeUrl).pathname.split('/').at(-1)!;
  const asked = () => findAuthorizations(doors, templateId);

  const visibleMs: number[] = [];
  const appMs: number[] = [];
  const observedMs: number[] = [];
  for (let index = 0; index < CORPS; index += 1) {
    const corp = await sandbox.call<{ corpId: string; members: { userId: string; admin: boolean }[] }>(
      'POST',
      '/corps',
      { name: `企业${index}` },
    );
    const adminUserId = corp.members.find((member) => member.admin)!.userId;
    const beganAtMs = performance.now();
    const { installed } = await sandbox.call<{ installed: { encryptedCorpId: string }[] }>(
      'POST',
      `/links/${linkId}/confirm`,
      { corpId: corp.corpId, adminUserId },
    );
    const isThis = (one: Awaited<ReturnType<typeof asked>>[number]): boolean => one.corp.id === installed[0]!.encryptedCorpId;
    await until('the authorization', asked, (all) => all.some((one) => isThis(one) && one.status === 'ACTIVE'));
    visibleMs.push(performance.now() - beganAtMs);
    await until(
      'its app',
      () => findCorpApps(doors, templateId),
      (apps) => apps.some(({ authorization }) => authorization.corp.id === installed[0]!.encryptedCorpId),
    );
    appMs.push(performance.now() - beganAtMs);
    await until('its observation', asked, (all) =>
      all.some((one) => isThis(one) && one.current.observation.agent !== null),
    );
    observedMs.push(performance.now() - beganAtMs);
  }
  const pushes = await sandbox.call<{ attempts: { ms: number }[] }[]>('GET', '/pushes?infoType=create_auth');
  describe('create_auth answered by the ingress, durable in Kafka', pushes.flatMap((push) => push.attempts.map((one) => one.ms)));
  describe('create_auth → ACTIVE visible at the gateway', visibleMs);
  describe('create_auth → corp app visible at the gateway', appMs);
  describe('create_auth → observed (agent, permissions, scope)', observedMs);
  for (const app of APPS) {
    print(`${app}: start-up ${startMs[app] ?? 0} ms, resident memory ${residentMb(stack.processes[app].pid())} MB`);
  }
};

const run = async (): Promise<void> => {
  const name = `bench-${Date.now().toString(36)}`;
  const stack = await createStack({
    root: process.cwd(),
    servers: benchServers(),
    folder: resolve('.local/bench', name),
    name,
  });
  const startMs: Partial<Record<App, number>> = {};
  const start = () => stack.start((app, ms) => (startMs[app] = ms));
  await onStack({ start, stop: stack.stop }, () => measure(stack, startMs));
};

run().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
