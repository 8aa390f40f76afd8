// Durable callbacks per second of one ingress process, with WeCom's side in a process of its own.
// Needs MONGO_URL, KAFKA_BROKERS and REDIS_URL. How to run it: README.md.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { eventually, uniqueName } from '@daikaifa/testing';
import { encrypt } from '@wecom/crypto';
import { Pool } from 'undici';
import { createPublisher } from '@daikaifa/harness';
import {  createSteps, ownConfig, startApp, watchTopics } from '../test/harness';
import { envelopeOf, push, signedQuery, textXml, ticketXml, verifyUrl, type ConsoleKeys } from '../test/wecom';

interface Order {
  readonly url: string;
  readonly keys: ConsoleKeys;
  readonly suiteId: string;
  /** Whose members write; none: tickets of the suite. */
  readonly corpIds: readonly string[];
}

const MESSAGES = 10_000;
const CONNECTIONS = 64;

/** As many lanes as there are corps. */
const CORPS = 50;

const callbackOf = ({ suiteId, corpIds }: Order, index: number): { readonly xml: string; readonly receiveId: string } => {
  const corpId = corpIds[index % corpIds.length];
  return corpId === undefined
    ? { xml: ticketXml(suiteId, `ticket-${index}`.padEnd(400, 'x')), receiveId: suiteId }
    : { xml: textXml(corpId, `text-${index}`.padEnd(400, 'x')), receiveId: corpId };
};

const load = async (order: Order): Promise<object> => {
  const { url, keys } = order;
  const { origin, pathname } = new URL(url);
  const messages = Array.from({ length: MESSAGES }, (_, index) => {
    const { xml, receiveId } = callbackOf(order, index);
    const encrypted = encrypt(keys.encodingAesKey, xml, receiveId);
    return { path: `${pathname}?${signedQuery(keys, encrypted).toString()}`, body: envelopeOf(encrypted, receiveId) };
  });
  const pool = new Pool(origin, { connections: CONNECTIONS });
  const tookMs: number[] = [];
  const statuses = new Map<number, number>();
  const beganAt = performance.now();
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let message = messages[next]; message !== undefined; message = messages[next]) {
      next += 1;
      const sentAt = performance.now();
      const { statusCode, body } = await pool.request({ method: 'POST', ...message });
      await body.dump();
      tookMs.push(performance.now() - sentAt);
      statuses.set(statusCode, (statuses.get(statusCode) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, worker));
  const seconds = (performance.now() - beganAt) / 1_000;
  await pool.close();
  tookMs.sort((one, other) => one - other);
  const percentile = (share: number): number => Math.round(tookMs[Math.floor(tookMs.length * share)] ?? 0);
  return { perSec: Math.round(MESSAGES / seconds), p50Ms: percentile(0.5), p99Ms: percentile(0.99), statuses: [...statuses] };
};

const serve = async (): Promise<void> => {
  const config = ownConfig();
  const app = await startApp(config);
  const others = await createPublisher(config);
  const watched = await watchTopics(config);
  const steps = createSteps(app, others);
  const endpoint = await steps.openEndpoint();
  await eventually(async () => (await verifyUrl(endpoint.url, endpoint.keys, endpoint.tenant.corpId)).status === 200);
  await eventually(async () => {
    await push(endpoint.url, endpoint.keys, endpoint.suiteId, ticketXml(endpoint.suiteId, uniqueName('warm')));
    return watched.signalsOf(endpoint.suiteId).some(({ data }) => data.receiveIdMatched === 'SUITE_ID');
  });
  const corps = process.argv.includes('--app') ? Array.from({ length: CORPS }, () => steps.newCorp(endpoint)) : [];
  for (const corp of corps) {
    await steps.authorize(corp);
    await push(endpoint.url, endpoint.keys, corp.corpId, textXml(corp.corpId, uniqueName('warm')));
  }
  await eventually(() => new Set(watched.appSignals.map(({ corp }) => corp)).size === corps.length);
  await watched.stop();
  const order: Order = { url: endpoint.url, keys: endpoint.keys, suiteId: endpoint.suiteId, corpIds: corps.map(({ corpId }) => corpId) };
  const cpuBefore = process.cpuUsage();
  const client = fork(__filename, ['--load']);
  client.send(order);
  const [result] = (await once(client, 'message')) as [object];
  const { user, system } = process.cpuUsage(cpuBefore);
  // CPU time tells more than the rate on a machine that does other things as well.
  process.stdout.write(`${JSON.stringify({ ...result, cpuMicrosPerEvent: Math.round((user + system) / MESSAGES) })}\n`);
  client.kill();
  await others.stop();
  await app.stop();
};

if (process.argv.includes('--load')) {
  process.once('message', (order) => void load(order as Order).then((result) => process.send?.(result)));
} else {
  void serve();
}
