import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { MissingPrerequisites, ServerFailed, serverStatus, startServer, startServers, stopServers } from './index.mjs';
import { probeRedis } from './probes.mjs';
import { identify, isAlive } from './process-identity.mjs';
import {
  answeringRedis,
  crashingRedis,
  createMachine,
  standInDocker,
  startBystander,
  unluckyRedis,
  until,
} from './stand-ins.mjs';

const index = fileURLToPath(new URL('./index.mjs', import.meta.url));

const optionsOf = (machine, extra = {}) => ({
  need: ['redis'],
  dataFolder: join(machine.root, 'servers'),
  env: machine.env,
  print: () => undefined,
  ...extra,
});

const answers = (port) =>
  probeRedis({ port, timeoutMs: 500 }).then(
    () => true,
    () => false,
  );

/** A launcher in a process of its own: gives its servers once they answer. */
async function startLauncher(t, options) {
  const script = `
    import { startServers } from ${JSON.stringify(index)};
    const { servers } = await startServers({ ...${JSON.stringify(options)}, print: () => undefined });
    console.log(JSON.stringify(servers));
    setInterval(() => undefined, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  const [line] = await once(child.stdout, 'data');
  return { child, servers: JSON.parse(line) };
}

test('starts a server, names its address, and ends it', async (t) => {
  const machine = createMachine(t);
  machine.addProgram('redis-server', answeringRedis);
  const { env, servers, stop } = await startServers(optionsOf(machine));
  const [server] = servers;
  assert.deepEqual(env, { REDIS_URL: `redis://127.0.0.1:${server.port}` });
  assert.equal(server.source, 'binary');
  assert.equal(await answers(server.port), true);
  assert.match(readFileSync(server.logFile, 'utf8'), /stand-in is up/);
  await stop();
  assert.equal(await answers(server.port), false);
  assert.deepEqual(await serverStatus({ dataFolder: join(machine.root, 'servers') }), []);
});

test('names everything that is missing at once, each with what to do', async (t) => {
  const machine = createMachine(t);
  const start = startServers(optionsOf(machine, { need: ['kafka', 'mongo', 'redis'] }));
  await assert.rejects(start, (error) => {
    assert.ok(error instanceof MissingPrerequisites);
    for (const word of ['Java 17', 'Maven', 'Python 3.10', 'redis-server'])
      assert.match(error.message, new RegExp(word));
    assert.ok(error.missing.every(({ todo }) => todo.length > 0));
    return true;
  });
});

test('says which Java is too old', async (t) => {
  const machine = createMachine(t);
  machine.addProgram('java', `console.error('openjdk version "11.0.2"')`);
  machine.addProgram('mvn', '');
  await assert.rejects(startServers(optionsOf(machine, { need: ['kafka'] })), /Java 17 or later \(found only 11\)/);
});

test('shows the log of a server that fails, and leaves nothing running', async (t) => {
  const machine = createMachine(t);
  machine.addProgram('redis-server', crashingRedis);
  await assert.rejects(startServers(optionsOf(machine)), (error) => {
    assert.ok(error instanceof ServerFailed);
    assert.match(error.message, /redis ended while starting/);
    assert.match(error.message, /made of cheese/);
    return true;
  });
  assert.deepEqual(await serverStatus({ dataFolder: join(machine.root, 'servers') }), []);
});

test('ends the servers that did start when another one fails', async (t) => {
  const machine = createMachine(t);
  machine.addProgram('redis-server', answeringRedis);
  machine.addProgram('mongod', crashingRedis);
  await assert.rejects(startServers(optionsOf(machine, { need: ['redis', 'mongo'] })), /mongo ended while starting/);
  assert.deepEqual(await serverStatus({ dataFolder: join(machine.root, 'servers') }), []);
});

test('takes another port when its port was taken in between', async (t) => {
  const machine = createMachine(t);
  machine.addProgram('redis-server', unluckyRedis(join(machine.root, 'was-started')));
  const { servers, stop } = await startServers(optionsOf(machine));
  assert.equal(await answers(servers[0].port), true);
  await stop();
});

test('leaves alone a process that got the pid of a server of an earlier run', async (t) => {
  const machine = createMachine(t);
  machine.addProgram('redis-server', answeringRedis);
  const bystander = await startBystander(t);
  const options = optionsOf(machine);
  mkdirSync(join(options.dataFolder, 'run'), { recursive: true });
  const record = {
    name: 'redis',
    process: { pid: bystander.pid, start: 'long ago' },
    port: 1,
    kind: 'standard',
    durable: true,
  };
  writeFileSync(join(options.dataFolder, 'run/redis.json'), JSON.stringify(record));
  const { servers, stop } = await startServers(options);
  assert.equal(servers[0].reused, false);
  await stop();
  assert.equal(isAlive(identify(bystander.pid)), true);
});

for (const signalName of ['SIGKILL', 'SIGINT']) {
  test(`ends the servers when the launcher gets ${signalName}`, async (t) => {
    const machine = createMachine(t);
    machine.addProgram('redis-server', answeringRedis);
    const { child, servers } = await startLauncher(t, optionsOf(machine));
    const server = identify(servers[0].pid);
    child.kill(signalName);
    await until(() => !isAlive(server), 'the server ends');
    await until(() => !existsSync(join(machine.root, 'servers/run/redis.json')), 'its record is gone');
  });
}

/** Leaves a server running that nobody looks after: launcher and guard are both killed. */
async function abandonServer(t, options) {
  const { child, servers } = await startLauncher(t, options);
  const children = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim().split(' ').map(Number);
  const guards = children.filter((pid) => pid !== servers[0].pid);
  assert.equal(guards.length, 1);
  process.kill(guards[0], 'SIGKILL');
  child.kill('SIGKILL');
  await until(() => !isAlive(identify(child.pid)), 'the launcher ends');
  return servers[0];
}

const needsProc = { skip: existsSync('/proc/self/task') ? false : 'needs /proc to find the guard' };

test('uses a server that an earlier run left, and ends it at last', needsProc, async (t) => {
  const machine = createMachine(t);
  machine.addProgram('redis-server', answeringRedis);
  const left = await abandonServer(t, optionsOf(machine));
  const { servers, stop } = await startServers(optionsOf(machine));
  assert.equal(servers[0].pid, left.pid);
  assert.equal(servers[0].reused, true);
  const identity = identify(left.pid);
  await stop();
  assert.equal(isAlive(identity), false);
});

test('replaces what an earlier run left when empty data is wanted', needsProc, async (t) => {
  const machine = createMachine(t);
  machine.addProgram('redis-server', answeringRedis);
  const left = await abandonServer(t, optionsOf(machine));
  const identity = identify(left.pid);
  const stale = join(machine.root, 'servers/data/redis/stale');
  writeFileSync(stale, '');
  const { servers, stop } = await startServers(optionsOf(machine, { fresh: true }));
  assert.equal(isAlive(identity), false);
  assert.notEqual(servers[0].pid, left.pid);
  assert.equal(existsSync(stale), false);
  await stop();
});

test('two launchers with one folder share its servers; the last one ends them', async (t) => {
  const machine = createMachine(t);
  machine.addProgram('redis-server', answeringRedis);
  const [first, second] = await Promise.all([
    startLauncher(t, optionsOf(machine, { fresh: true })),
    startServers(optionsOf(machine, { fresh: true })),
  ]);
  assert.equal(first.servers[0].pid, second.servers[0].pid);
  const server = identify(second.servers[0].pid);
  await second.stop();
  assert.equal(isAlive(server), true);
  first.child.kill('SIGKILL');
  await until(() => !isAlive(server), 'the server ends');
});

test('launchers with different folders start servers of their own', async (t) => {
  const machine = createMachine(t);
  machine.addProgram('redis-server', answeringRedis);
  const started = await Promise.all(
    ['a', 'b', 'c'].map((name) => startServers(optionsOf(machine, { dataFolder: join(machine.root, name) }))),
  );
  assert.equal(new Set(started.map(({ servers }) => servers[0].port)).size, 3);
  await started[0].stop();
  assert.equal(await answers(started[0].servers[0].port), false);
  assert.equal(await answers(started[1].servers[0].port), true);
  await Promise.all(started.map(({ stop }) => stop()));
});

test('an address in the environment wins and is never stopped', async (t) => {
  const machine = createMachine(t);
  machine.addProgram('redis-server', answeringRedis);
  const foreign = await startServers(optionsOf(machine));
  const env = { ...machine.env, REDIS_URL: foreign.env.REDIS_URL };
  const { servers, stop } = await startServers(optionsOf(machine, { env, dataFolder: join(machine.root, 'other') }));
  assert.equal(servers[0].source, 'environment');
  await stop();
  assert.equal(await answers(foreign.servers[0].port), true);
  await foreign.stop();
  await assert.rejects(
    startServers(optionsOf(machine, { env: { ...env, REDIS_URL: `redis://:hidden@127.0.0.1:${servers[0].port}` } })),
    (error) => /REDIS_URL is set, but no server answers/.test(error.message) && !error.message.includes('hidden'),
  );
});

test('pinned servers stay when their launcher is gone, until they are stopped', async (t) => {
  const machine = createMachine(t);
  machine.addProgram('redis-server', answeringRedis);
  const options = optionsOf(machine, { pinned: true });
  const first = await startServers(options);
  await first.stop();
  assert.equal(await answers(first.servers[0].port), true);
  const user = await startServers(options);
  await assert.rejects(stopServers(options), new RegExp(`still used by process ${process.pid}`));
  await user.stop();
  assert.deepEqual(await stopServers(options), ['redis']);
  assert.equal(await answers(first.servers[0].port), false);
});

test('a private server can be paused, killed and started again on its port', async (t) => {
  const machine = createMachine(t);
  machine.addProgram('redis-server', answeringRedis);
  const dataFolder = join(machine.root, 'private');
  const server = await startServer('redis', { env: { ...machine.env, REDIS_URL: 'redis://elsewhere' }, dataFolder });
  await server.pause();
  assert.equal(await answers(server.port), false);
  await server.resume();
  assert.equal(await answers(server.port), true);
  const killed = server.pid;
  await server.kill();
  assert.equal(server.isRunning(), false);
  await server.restart();
  assert.equal(await answers(server.port), true);
  assert.notEqual(server.pid, killed);
  await server.stop();
  assert.equal(await answers(server.port), false);
});

test('runs the official image when a Docker engine answers and nothing better is there', async (t) => {
  const machine = createMachine(t);
  const logFile = join(machine.root, 'docker.log');
  const redisFile = machine.addProgram('stand-in-redis.cjs', answeringRedis);
  machine.addProgram('docker', standInDocker(logFile, redisFile));
  const { servers, stop } = await startServers(optionsOf(machine));
  assert.equal(servers[0].source, 'docker');
  assert.equal(await answers(servers[0].port), true);
  await stop();
  assert.equal(await answers(servers[0].port), false);
  const calls = readFileSync(logFile, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const run = calls.find(([verb]) => verb === 'run');
  assert.ok(run.includes('--rm') && run.includes(`127.0.0.1:${servers[0].port}:6379`) && run.includes('noeviction'));
  const container = run[run.indexOf('--name') + 1];
  assert.ok(
    calls.some((call) => call[0] === 'rm' && call.includes(container)),
    'the container is removed',
  );
});
