import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { createCache } from './cache.mjs';
import { parseCommandLine } from './cli.mjs';
import { parseGiven } from './given-address.mjs';
import { withLock } from './lock.mjs';
import { freePortFrom } from './ports.mjs';
import { probeKafka, probeMongo, probeRedis } from './probes.mjs';
import { endProcess, identify, isAlive, signal } from './process-identity.mjs';
import { javaMajor } from './servers/kafka.mjs';
import { mongo } from './servers/mongo.mjs';
import { redis } from './servers/redis.mjs';
import { kafka } from './servers/kafka.mjs';
import { createMachine, startBystander } from './stand-ins.mjs';

test('reads the major version of old and new Javas', () => {
  assert.equal(javaMajor('openjdk version "17.0.15" 2025-04-15'), 17);
  assert.equal(javaMajor('java version "1.8.0_292"'), 8);
  assert.equal(javaMajor('openjdk version "21" 2023-09-19'), 21);
  assert.equal(javaMajor('openjdk version "26-ea" 2026-03-17'), 26);
  assert.equal(javaMajor('command not found'), null);
});

test('takes hosts out of connection strings without user and password', () => {
  assert.deepEqual(parseGiven(mongo, 'mongodb://u:p%40ss@one:27018,two/db?replicaSet=x'), {
    addresses: [
      { host: 'one', port: 27018 },
      { host: 'two', port: 27017 },
    ],
    protocol: 'plain',
  });
  assert.deepEqual(parseGiven(mongo, 'mongodb+srv://cluster.example/').protocol, 'unknown');
  assert.deepEqual(parseGiven(redis, 'rediss://cache.example:6380/1'), {
    addresses: [{ host: 'cache.example', port: 6380 }],
    protocol: 'tls',
  });
  assert.deepEqual(parseGiven(kafka, 'k1:9092, k2').addresses, [
    { host: 'k1', port: 9092 },
    { host: 'k2', port: 9092 },
  ]);
  assert.deepEqual(parseGiven(redis, 'redis://[::1]:7000').addresses, [{ host: '::1', port: 7000 }]);
  assert.equal(parseGiven(redis, 'http://cache.example'), null);
});

test('reads the command line and refuses what it does not know', () => {
  const parsed = parseCommandLine(['start', '--only', 'kafka,redis', '--only', 'mongo', '--fast-mongo']);
  assert.equal(parsed.command, 'start');
  assert.deepEqual(parsed.need, ['kafka', 'redis', 'mongo']);
  assert.equal(parsed.fastMongo, true);
  assert.throws(() => parseCommandLine(['start', '--only', 'postgres']), /no server is called postgres/);
  assert.throws(() => parseCommandLine(['start', '--quickly']), /--quickly/);
});

test('never takes another process for the one that had the same pid', async (t) => {
  const bystander = await startBystander(t);
  const real = identify(bystander.pid);
  const recycled = { ...real, start: `${real.start}0` };
  assert.equal(isAlive(real), true);
  assert.equal(isAlive(recycled), false);
  assert.equal(signal(recycled, 'SIGKILL'), false);
  await endProcess(recycled);
  assert.equal(isAlive(real), true);
});

test('ends a paused process too', async (t) => {
  const bystander = await startBystander(t);
  const identity = identify(bystander.pid);
  signal(identity, 'SIGSTOP');
  const before = Date.now();
  await endProcess(identity, { graceMs: 8_000 });
  assert.equal(isAlive(identity), false);
  assert.ok(Date.now() - before < 6_000, 'it ended by SIGTERM, not after the grace period');
});

test('lets one at a time into a lock', async (t) => {
  const file = join(createMachine(t).root, 'lock');
  let inside = 0;
  let most = 0;
  await Promise.all(
    Array.from({ length: 8 }, () =>
      withLock(file, async () => {
        inside += 1;
        most = Math.max(most, inside);
        await pause(3);
        inside -= 1;
      }),
    ),
  );
  assert.equal(most, 1);
  assert.equal(existsSync(file), false);
});

test('takes over the lock of a process that died, and of a pid that was recycled', { timeout: 10_000 }, async (t) => {
  const { root } = createMachine(t);
  const bystander = await startBystander(t);
  for (const owner of [
    { pid: 2 ** 22 + 1, start: 'x' },
    { pid: bystander.pid, start: 'another start' },
  ]) {
    const file = join(root, `lock-${owner.pid}`);
    writeFileSync(file, JSON.stringify(owner));
    assert.equal(await withLock(file, async () => 'in'), 'in');
  }
});

test('does not take a half download for a cached one', async (t) => {
  const cache = createCache(join(createMachine(t).root, 'cache'));
  mkdirSync(join(cache.root, 'thing', 'abandoned'), { recursive: true });
  assert.equal(cache.find('thing'), null);
  const broken = cache.build('thing', (folder) => {
    writeFileSync(join(folder, 'half'), '');
    throw new Error('connection reset');
  });
  await assert.rejects(broken, /connection reset/);
  assert.equal(cache.find('thing'), null);
  const built = await cache.build('thing', (folder) => writeFileSync(join(folder, 'whole'), ''));
  assert.equal(cache.find('thing'), built);
  assert.deepEqual(readdirSync(built), ['whole']);
  assert.equal(readdirSync(join(cache.root, 'thing')).length, 2, 'the abandoned folders are gone');
});

test('builds a cache entry once when several ask for it at the same time', async (t) => {
  const cache = createCache(join(createMachine(t).root, 'cache'));
  let builds = 0;
  const fill = async () => {
    builds += 1;
    await pause(5);
  };
  const folders = await Promise.all(Array.from({ length: 5 }, () => cache.build('thing', fill)));
  assert.equal(builds, 1);
  assert.equal(new Set(folders).size, 1);
});

test('takes the next free port when the wanted one is taken', async (t) => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  t.after(() => server.close());
  const { port } = server.address();
  assert.ok((await freePortFrom(port)) > port);
});

async function answerWith(t, reply) {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (request) => socket.write(reply(request)));
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  t.after(() => server.close());
  return { port: server.address().port, timeoutMs: 300 };
}

test('an open port that does not speak the protocol is no server', async (t) => {
  for (const probe of [probeRedis, probeMongo, probeKafka]) {
    await assert.rejects(probe(await answerWith(t, () => 'HTTP/1.1 400 Bad Request\r\n\r\n')));
    await assert.rejects(probe(await answerWith(t, () => '')), /no answer/);
  }
});

test('a Redis that is loading its data is not ready', async (t) => {
  await assert.rejects(probeRedis(await answerWith(t, () => '-LOADING Redis is loading\r\n')), /LOADING/);
  assert.equal(await probeRedis(await answerWith(t, () => '+PONG\r\n')), true);
});

test('a MongoDB answers hello with ok: 1', async (t) => {
  const reply = (ok) => (request) => {
    assert.equal(request.readInt32LE(0), request.length);
    const field = Buffer.alloc(12);
    field.write('\x01ok\0', 'latin1');
    field.writeDoubleLE(ok, 4);
    const document = Buffer.concat([Buffer.alloc(4), field, Buffer.alloc(1)]);
    document.writeInt32LE(document.length);
    const head = Buffer.alloc(21);
    head.writeInt32LE(head.length + document.length);
    head.writeInt32LE(2013, 12);
    return Buffer.concat([head, document]);
  };
  assert.equal(await probeMongo(await answerWith(t, reply(1))), true);
  await assert.rejects(probeMongo(await answerWith(t, reply(0))), /refused/);
});

test('a Kafka answers ApiVersions without an error code', async (t) => {
  const reply = (code) => (request) => {
    assert.equal(request.readInt16BE(4), 18);
    const body = Buffer.alloc(20);
    body.writeInt32BE(16);
    body.writeInt32BE(request.readInt32BE(8), 4);
    body.writeInt16BE(code, 8);
    body.writeInt32BE(1, 10);
    return body;
  };
  assert.equal(await probeKafka(await answerWith(t, reply(0))), true);
  await assert.rejects(probeKafka(await answerWith(t, reply(35))), /35/);
});
