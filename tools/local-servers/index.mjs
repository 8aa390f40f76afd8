import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chooseSources, createContext, prepare, sourceOrder } from './choose-source.mjs';
import { openDataFolder } from './data-folder.mjs';
import { createDocker } from './docker.mjs';
import { checkGiven } from './given-address.mjs';
import { launchOnce, launchServer } from './launch.mjs';
import { frozen, identify, isAlive, signal } from './process-identity.mjs';
import { kafka } from './servers/kafka.mjs';
import { mongo } from './servers/mongo.mjs';
import { redis } from './servers/redis.mjs';

export { MissingPrerequisites } from './choose-source.mjs';
export { ServerFailed } from './launch.mjs';

const toolFolder = fileURLToPath(new URL('.', import.meta.url));
const repository = resolve(toolFolder, '../..');
const known = new Map([kafka, mongo, redis].map((server) => [server.name, server]));

export const serverNames = [...known.keys()];
export const defaultDataFolder = join(repository, '.local');

const cacheFolderOf = (env) =>
  env.DAIKAIFA_CACHE_DIR ? resolve(env.DAIKAIFA_CACHE_DIR) : join(repository, '.local', 'cache');

const seconds = (sinceMs) => `${((Date.now() - sinceMs) / 1000).toFixed(1)} s`;

const toPrinter = (print) => (name, text) => print(`${name.padEnd(6)} ${text}`);

const kindOf = (server, fastMongo) => (server.name === 'mongo' && fastMongo ? 'fast' : 'standard');

/** A running server as callers see it. Signals go to exactly the recorded process or container, or nowhere. */
function present(record, { folder, env, reused }) {
  const docker = record.container ? createDocker(env) : null;
  const send = (name) => {
    if (!signal(record.process, name)) throw new Error(`${record.name} is not running`);
  };
  return {
    name: record.name,
    pid: record.container ? (record.containerPid ?? null) : record.process.pid,
    port: record.port,
    url: record.url,
    source: record.source,
    reused,
    logFile: record.logFile,
    isRunning: () => isAlive(record.process),
    /** Freezes the server (SIGSTOP): connections stay open and nothing answers. */
    pause: async () => {
      if (docker) return docker.pause(record.container);
      send('SIGSTOP');
      return frozen(record.process);
    },
    resume: async () => (docker ? docker.resume(record.container) : send('SIGCONT')),
    /** Ends it as a crash would (SIGKILL) and resolves when it is gone. */
    kill: () => folder.endRecorded(record, { kill: true }),
  };
}

function startGuard(folder, userId, { env, removeAfter }) {
  const guard = spawn(
    process.execPath,
    [join(toolFolder, 'guard.mjs'), folder.root, userId, removeAfter ? 'remove' : 'keep'],
    {
      cwd: folder.root,
      env,
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    },
  );
  guard.unref();
  guard.stdin.unref();
  guard.stdin.on('error', () => undefined);
  return { dismiss: () => guard.stdin.end('stopped') };
}

async function useGiven(servers, env, tell) {
  const given = [];
  for (const server of servers.filter(({ variable }) => env[variable])) {
    const { host, port } = await checkGiven(server, env[server.variable]);
    tell(server.name, `from ${server.variable} (${port === null ? host : `${host}:${port}`})`);
    given.push({
      name: server.name,
      pid: null,
      port,
      url: env[server.variable],
      source: 'environment',
      reused: true,
      logFile: null,
    });
  }
  return given;
}

const answers = (server, record) =>
  server.probe({ port: record.port, timeoutMs: 3_000 }).then(
    () => true,
    () => false,
  );

/** What to do with a server that an earlier start left in this folder: its record when it can be used, else null. */
async function findLeftover(server, { folder, fresh, othersUse, kind, durable, tell }) {
  const record = folder.record(server.name);
  if (record === null) return null;
  if (!isAlive(record.process)) {
    // A container outlives a killed docker client; removing a container that is gone does nothing.
    if (record.container) await folder.endRecorded(record, { kill: true });
    folder.removeRecord(server.name);
    return null;
  }
  // Durability is a matter of the data folder's own launcher; whoever joins takes what is there.
  const fits = record.kind === kind && (record.durable === durable || othersUse);
  if (fits && (othersUse || !fresh) && (await answers(server, record))) return record;
  if (othersUse) {
    const reason = fits ? 'does not answer' : 'was started with other options';
    throw new Error(`${server.name} in ${folder.root} is used by another launcher and ${reason}; stop that one first`);
  }
  tell(server.name, `replacing what an earlier run left (process ${record.process.pid})`);
  await folder.endRecorded(record);
  return null;
}

async function startMissing(servers, { folder, context, ports, durable, fresh, tell, fastMongo, startedMs }) {
  const plans = await chooseSources(servers, context);
  const results = await Promise.allSettled(
    servers.map(async (server) => {
      const plan = plans.get(server.name);
      const launch = await prepare(server, plan, context, (text) => tell(server.name, text));
      if (fresh) rmSync(folder.place(server.name).data, { recursive: true, force: true });
      const record = await launchServer({
        server,
        launch,
        source: plan.source,
        folder,
        context,
        durable,
        kind: kindOf(server, fastMongo),
        wantedPort: ports[server.name],
      });
      const wanted = ports[server.name];
      const note = wanted !== undefined && wanted !== record.port ? `, because ${wanted} is taken` : '';
      tell(server.name, `ready on 127.0.0.1:${record.port}${note} after ${seconds(startedMs)} (${plan.source})`);
      return record;
    }),
  );
  const faults = results.filter(({ status }) => status === 'rejected').map(({ reason }) => reason);
  if (faults.length === 1) throw faults[0];
  if (faults.length > 1) throw new AggregateError(faults, faults.map(({ message }) => message).join('\n\n'));
  return results.map(({ value }) => value);
}

/**
 * Starts what is needed of Kafka, MongoDB and Redis on 127.0.0.1, or uses what is there; resolves when each answers.
 *
 * - `need`: names of servers; default all three.
 * - `fastMongo`: the faster MongoDB-compatible server, for benchmarks (built by cargo when it is not cached).
 * - `dataFolder`: holds data, logs and pid files; two launchers with the same folder share its servers, and the last
 *   one that stops, ends them.
 * - `ports`: wanted ports by name; a taken one is replaced by the next free one. Default: any free port.
 * - `durable`: whether Redis keeps its data on disk. `fresh`: begin with empty data unless another launcher uses it.
 * - `pinned`: leave the servers running after this process until `stopServers`.
 * - `env`: an address in MONGO_URL, KAFKA_BROKERS or REDIS_URL is used as it is. DAIKAIFA_CACHE_DIR: where downloads
 *   are kept (default `<repository>/.local/cache`).
 * - `sources`: restricts where servers may come from.
 *
 * Throws MissingPrerequisites (all at once) or ServerFailed (with the end of the log); nothing is left running then.
 * The servers also end when this process does, however it ends.
 */
export async function startServers({
  need = serverNames,
  fastMongo = false,
  dataFolder = defaultDataFolder,
  ports = {},
  durable = true,
  fresh = false,
  pinned = false,
  removeAfter = false,
  env = process.env,
  sources = sourceOrder,
  print = (line) => process.stderr.write(`${line}\n`),
} = {}) {
  const startedMs = Date.now();
  const servers = need.map((name) => {
    const server = known.get(name);
    if (server === undefined) throw new Error(`no server is called ${name}; there are ${serverNames.join(', ')}`);
    return server;
  });
  const tell = toPrinter(print);
  const given = await useGiven(servers, env, tell);
  const own = servers.filter(({ variable }) => !env[variable]);
  const finish = (list, stop) => ({
    env: Object.fromEntries(list.map(({ name, url }) => [known.get(name).variable, url])),
    servers: list,
    stop,
  });
  if (own.length === 0) return finish(given, async () => undefined);

  const folder = openDataFolder(resolve(dataFolder), env);
  const context = createContext({ env, cacheFolder: cacheFolderOf(env), fastMongo, sources });
  const userId = `${process.pid}-${randomBytes(4).toString('hex')}`;
  const leave = () => folder.locked(() => folder.leave(userId));

  const start = async () => {
    const othersUse = folder.liveUsers().length > 0;
    folder.addUser(userId, identify(process.pid));
    const guard = startGuard(folder, userId, { env, removeAfter });
    try {
      const reused = new Map();
      for (const server of own) {
        const options = { folder, fresh, othersUse, kind: kindOf(server, fastMongo), durable, tell };
        const record = await findLeftover(server, options);
        if (record === null) continue;
        reused.set(server.name, record);
        tell(server.name, `already running on 127.0.0.1:${record.port} (process ${record.process.pid})`);
      }
      const missing = own.filter(({ name }) => !reused.has(name));
      const options = { folder, context, ports, durable, fresh, tell, fastMongo, startedMs };
      const started = await startMissing(missing, options);
      if (pinned) folder.pin();
      return {
        guard,
        records: own.map(({ name }) => reused.get(name) ?? started.find((record) => record.name === name)),
        reused,
      };
    } catch (error) {
      await folder.leave(userId);
      guard.dismiss();
      throw error;
    }
  };

  const onWait = (pid) => print(`waiting for process ${pid}, which is starting or stopping servers in ${folder.root}`);
  const { guard, records, reused } = await folder.locked(start, { onWait });
  const running = records.map((record) => present(record, { folder, env, reused: reused.has(record.name) }));
  const byName = new Map([...given, ...running].map((server) => [server.name, server]));
  let stopping;
  const stop = () => {
    stopping ??= leave().then((wasLast) => {
      guard.dismiss();
      if (wasLast && removeAfter) rmSync(folder.root, { recursive: true, force: true });
    });
    return stopping;
  };
  return finish(
    servers.map(({ name }) => byName.get(name)),
    stop,
  );
}

/**
 * One private server that a test may pause, kill and start again. Addresses in the environment do not count; downloads
 * are shared with startServers. Resolves with `{ name, pid, port, url, source, logFile, pause(), resume(), kill(),
 * restart(), stop() }`; `restart()` keeps port and data (but a container's data goes with it), and `pid` is the new one
 * afterwards. `stop()` also removes the server's folder.
 */
export async function startServer(
  name,
  { dataFolder, env = process.env, print = () => undefined, port, ...options } = {},
) {
  const server = known.get(name);
  if (server === undefined) throw new Error(`no server is called ${name}; there are ${serverNames.join(', ')}`);
  const parent = join(repository, '.local', 'private');
  const root = resolve(dataFolder ?? join(parent, `${name}-${process.pid}-${randomBytes(4).toString('hex')}`));
  mkdirSync(root, { recursive: true });
  const privateEnv = { ...env, [server.variable]: undefined };
  const { servers, stop } = await startServers({
    durable: false,
    removeAfter: dataFolder === undefined,
    ...options,
    need: [name],
    dataFolder: root,
    env: privateEnv,
    ports: port === undefined ? {} : { [name]: port },
    print,
  });
  let current = servers[0];

  const restart = async () => {
    const folder = openDataFolder(root, privateEnv);
    await folder.locked(async () => {
      const before = folder.record(name);
      if (before !== null) await folder.endRecorded(before);
      const context = createContext({
        env: privateEnv,
        cacheFolder: cacheFolderOf(privateEnv),
        fastMongo: options.fastMongo === true,
        sources: options.sources ?? sourceOrder,
      });
      const plan = (await chooseSources([server], context)).get(name);
      const launch = await prepare(server, plan, context, () => undefined);
      const record = await launchOnce({
        server,
        launch,
        source: plan.source,
        folder,
        ports: lastPorts,
        durable: options.durable === true,
        context,
        kind: kindOf(server, options.fastMongo === true),
      });
      current = present(record, { folder, env: privateEnv, reused: false });
    });
  };
  const { port: usedPort, extraPort } = openDataFolder(root).record(name);
  const lastPorts = { port: usedPort, extraPort };

  return {
    name,
    port: usedPort,
    url: current.url,
    source: current.source,
    logFile: current.logFile,
    get pid() {
      return current.pid;
    },
    isRunning: () => current.isRunning(),
    pause: () => current.pause(),
    resume: () => current.resume(),
    kill: () => current.kill(),
    restart,
    stop,
  };
}

/** What runs in a data folder: [{ name, port, pid, url, source, logFile, running, answers }]. */
export async function serverStatus({ dataFolder = defaultDataFolder } = {}) {
  const folder = openDataFolder(resolve(dataFolder));
  return Promise.all(
    folder.records().map(async (record) => {
      const running = isAlive(record.process);
      const { name, port, url, source, logFile } = record;
      const pid = record.process.pid;
      return {
        name,
        port,
        pid,
        url,
        source,
        logFile,
        running,
        answers: running && (await answers(known.get(name), record)),
      };
    }),
  );
}

/**
 * Ends the servers of a data folder and forgets that they were pinned. Refuses while other launchers use them, unless
 * `force`. Gives the names of those that were running.
 */
export async function stopServers({ dataFolder = defaultDataFolder, force = false } = {}) {
  const folder = openDataFolder(resolve(dataFolder));
  return folder.locked(async () => {
    const users = folder.liveLaunchers();
    if (users.length > 0 && !force) {
      const pids = users.map((id) => id.split('-')[0]).join(', ');
      throw new Error(`still used by process ${pids}; stop it first, or use --force`);
    }
    folder.unpin();
    const running = folder.records().filter((record) => isAlive(record.process));
    await folder.endAll();
    return running.map(({ name }) => name);
  });
}
