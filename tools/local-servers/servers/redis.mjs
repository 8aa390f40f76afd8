import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { findExecutable, mustRun, runCommand } from '../commands.mjs';
import { probeRedis } from '../probes.mjs';

const image = 'redis:7.2-alpine';
const cacheKey = `redis-debian-${process.arch}`;

const options = ({ port, data, durable }) => [
  ...['--port', String(port), '--bind', '127.0.0.1', '--dir', data, '--daemonize', 'no'],
  // Job queues lose jobs silently under any policy that evicts.
  ...['--maxmemory-policy', 'noeviction', '--save', ''],
  ...(durable ? ['--appendonly', 'yes', '--appendfsync', 'everysec'] : ['--appendonly', 'no']),
];

const run =
  (command, extraEnv = {}) =>
  (place) => ({ command, args: options(place), env: extraEnv });

const binaryIn = (folder) => join(folder, 'root/usr/bin/redis-server');

/** Folders with shared libraries among the unpacked packages. */
const libraryPath = (folder) =>
  ['root/usr/lib', 'root/lib']
    .map((path) => join(folder, path))
    .filter((path) => existsSync(path))
    .flatMap((path) => [
      path,
      ...readdirSync(path, { withFileTypes: true })
        .filter((e) => e.isDirectory())
        .map((e) => join(path, e.name)),
    ])
    .join(':');

const runUnpacked = (folder) => run(binaryIn(folder), { LD_LIBRARY_PATH: libraryPath(folder) });

/**
 * Fetches the distribution's packages and unpacks them into the cache. Installing them would change the machine and
 * start a system service on the default port; this does neither, and needs no root.
 */
async function unpackPackages(folder, env) {
  const state = join(folder, 'apt');
  for (const path of ['lists/partial', 'cache/archives/partial']) mkdirSync(join(state, path), { recursive: true });
  const places = [
    '-o',
    `Dir::Cache=${join(state, 'cache')}`,
    '-o',
    'Debug::NoLocking=1',
    '-o',
    'APT::Sandbox::User=root',
  ];
  const ownLists = ['-o', `Dir::State::Lists=${join(state, 'lists')}`];
  const fetch = [
    '-y',
    '--download-only',
    '--no-install-recommends',
    '--reinstall',
    'install',
    'redis-server',
    'redis-tools',
  ];
  const quiet = { ...env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' };
  const known = await runCommand('apt-get', [...places, ...fetch], { env: quiet });
  if (known.code !== 0) {
    // The machine's package lists are missing or old: fetch lists of our own rather than touching them.
    await mustRun('apt-get', [...places, ...ownLists, 'update'], { env: quiet });
    await mustRun('apt-get', [...places, ...ownLists, ...fetch], { env: quiet });
  }
  const archives = join(state, 'cache/archives');
  for (const file of readdirSync(archives).filter((name) => name.endsWith('.deb'))) {
    await mustRun('dpkg-deb', ['-x', join(archives, file), join(folder, 'root')], { env: quiet });
  }
  rmSync(state, { recursive: true, force: true });
  await mustRun(binaryIn(folder), ['--version'], { env: { ...env, LD_LIBRARY_PATH: libraryPath(folder) } });
}

export const redis = {
  name: 'redis',
  variable: 'REDIS_URL',
  url: (port) => `redis://127.0.0.1:${port}`,
  defaultPort: 6379,
  urlSchemes: { plain: ['redis:'], tls: ['rediss:'] },
  probe: probeRedis,
  readyWithinMs: 20_000,
  portCount: 1,

  binary({ env }) {
    const command = findExecutable('redis-server', env);
    return command === null ? null : { launch: run(command) };
  },

  cache({ cache }) {
    const folder = cache.find(cacheKey);
    return folder === null || !existsSync(binaryIn(folder)) ? null : { launch: runUnpacked(folder) };
  },

  docker({ docker }) {
    return {
      image,
      launch: ({ port, durable }) =>
        docker.launchSpec({
          image,
          port,
          containerPort: 6379,
          command: [
            'redis-server',
            '--maxmemory-policy',
            'noeviction',
            '--save',
            '',
            '--appendonly',
            durable ? 'yes' : 'no',
          ],
        }),
    };
  },

  download({ env, cache }) {
    if (findExecutable('apt-get', env) === null || findExecutable('dpkg-deb', env) === null) {
      const how = process.platform === 'darwin' ? '`brew install redis`' : 'the package `redis` of your distribution';
      return { missing: [{ what: 'Redis (redis-server)', todo: `install ${how}, or set REDIS_URL, or start Docker` }] };
    }
    return {
      what: 'Debian packages, about 2 MB',
      prepare: async (waiting) => {
        const isUsable = (path) => existsSync(binaryIn(path));
        return runUnpacked(await cache.build(cacheKey, (path) => unpackPackages(path, env), { isUsable, ...waiting }));
      },
    };
  },
};
