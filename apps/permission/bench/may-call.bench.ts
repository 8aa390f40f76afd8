// "May this app call API X?" at 500 questions a second, open loop: each is sent at its time, whether earlier ones were
// answered or not, and its latency counts from then. The load comes from a process of its own; the peer of the same run
// is a bare route of the same server. Needs MONGO_URL, KAFKA_BROKERS and REDIS_URL. How to run it: README.md.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { createHttpServer, listen } from '@daikaifa/observability';
import { silentLogger } from '@daikaifa/testing';
import { Pool } from 'undici';
import { bearerOf, createWorld, startApp } from '../test/harness';

const PER_SECOND = 500;
const SECONDS = 10;
const WARM_UP_SECONDS = 5;
const APPS = 50;
const LIMIT_MS = 5;
const ROUNDS = 3;

interface Order {
  readonly origin: string;
  readonly paths: readonly string[];
  readonly bearer: string;
  readonly seconds: number;
}

interface Measured {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  readonly maxMs: number;
  readonly statuses: readonly (readonly [number, number])[];
}

const load = async ({ origin, paths, bearer, seconds }: Order): Promise<Measured> => {
  const pool = new Pool(origin, { connections: 32 });
  const headers = { authorization: bearer };
  const tookMs: number[] = [];
  const statuses = new Map<number, number>();
  const ask = async (path: string, dueMs: number): Promise<void> => {
    const { statusCode, body } = await pool.request({ method: 'GET', path, headers });
    await body.dump();
    tookMs.push(performance.now() - dueMs);
    statuses.set(statusCode, (statuses.get(statusCode) ?? 0) + 1);
  };
  const total = PER_SECOND * seconds;
  const asked: Promise<void>[] = [];
  const beganMs = performance.now();
  const dueOf = (index: number): number => beganMs + (index * 1_000) / PER_SECOND;
  for (let index = 0; index < total; ) {
    for (; index < total && dueOf(index) <= performance.now(); index += 1) {
      asked.push(ask(paths[index % paths.length]!, dueOf(index)));
    }
    await pause(1);
  }
  await Promise.all(asked);
  await pool.close();
  tookMs.sort((one, other) => one - other);
  const quantile = (share: number): number =>
    Number((tookMs[Math.min(tookMs.length - 1, Math.floor(tookMs.length * share))] ?? 0).toFixed(2));
  return { p50Ms: quantile(0.5), p99Ms: quantile(0.99), p999Ms: quantile(0.999), maxMs: quantile(1), statuses: [...statuses] };
};

const loadedBy = async (order: Order): Promise<Measured & { readonly cpuMicrosPerQuestion: number }> => {
  const client = fork(__filename, ['--load']);
  const before = process.cpuUsage();
  client.send(order);
  const [measured] = (await once(client, 'message')) as [Measured];
  const { user, system } = process.cpuUsage(before);
  client.kill();
  return { ...measured, cpuMicrosPerQuestion: Math.round((user + system) / (PER_SECOND * order.seconds)) };
};

const bareServer = async () => {
  const server = createHttpServer({ service: 'bare', logger: silentLogger() });
  server.get('/bare', async () => ({ allowed: true }));
  return { origin: await listen(server, { host: '127.0.0.1', port: 0 }), stop: () => server.close() };
};

const say = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);

/** Apps of one tenant whose permissions were read, left in the database. */
const prepare = async () => {
  const world = await createWorld();
  await world.start();
  const tenant = world.newTenant();
  const paths: string[] = [];
  for (let index = 0; index < APPS; index += 1) {
    const { set } = await world.authorized(tenant, ['externalcontact:base:base']);
    paths.push(`/v1/corp-apps/${set.id}/permissions/externalcontact/groupchat/list`);
  }
  await world.stop();
  return { config: world.config, paths, bearer: await bearerOf(['BACKEND'], [tenant.id], 3_600) };
};

const measure = async (): Promise<void> => {
  const { config, paths, bearer } = await prepare();
  // The doors alone, as they are scaled in production.
  const app = await startApp({ ...config, roles: ['api'] });
  const bare = await bareServer();
  const door: Order = { origin: app.url, paths, bearer, seconds: SECONDS };
  const peer: Order = { origin: bare.origin, paths: ['/bare'], bearer, seconds: SECONDS };
  const rounds = async (route: string, order: Order): Promise<void> => {
    for (let round = 1; round <= ROUNDS; round += 1) {
      const measured = await loadedBy(order);
      say({ route, round, ...measured, p99OfLimit: Number((measured.p99Ms / LIMIT_MS).toFixed(2)) });
    }
  };
  for (const order of [peer, door]) {
    await loadedBy({ ...order, seconds: WARM_UP_SECONDS });
  }
  await rounds('bare', peer);
  // Nobody has asked since the warm-up: the first round begins with no set that is fresh, the others do not.
  await rounds('may-call', door);
  await bare.stop();
  await app.stop();
};

if (process.argv.includes('--load')) {
  process.once('message', (order) => void load(order as Order).then((result) => process.send?.(result)));
} else {
  void measure();
}
