// Every command of package.json. Plain Node, so that it works on a clone with nothing installed.
import { execFile, spawn } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { setPriority } from 'node:os';
import { delimiter, dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { selectionOf } from './jest/selection.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
process.chdir(root);
const bin = resolve(root, 'node_modules/.bin');

/** Niceness: about a third of a processor's time where others want all of it. */
const PATIENT = 5;

const environment = (extra = {}) => ({
  ...process.env,
  PATH: `${bin}${delimiter}${process.env.PATH}`,
  NX_DAEMON: 'false',
  NX_TUI: 'false',
  NX_NO_CLOUD: 'true',
  ...extra,
});

const run = (command, args, { env = {}, quiet = false, patient = false } = {}) =>
  new Promise((done, fail) => {
    const child = spawn(command, args, { cwd: root, env: environment(env), stdio: ['ignore', quiet ? 'pipe' : 'inherit', quiet ? 'pipe' : 'inherit'] });
    if (patient && child.pid !== undefined) {
      // What it starts inherits it.
      setPriority(child.pid, PATIENT);
    }
    // Ctrl-C reaches the child as well: this process stays until the child has stopped what it started.
    const forward = () => child.kill('SIGTERM');
    const stay = () => undefined;
    process.on('SIGINT', stay);
    process.on('SIGTERM', forward);
    const output = [];
    child.stdout?.on('data', (chunk) => output.push(chunk));
    child.stderr?.on('data', (chunk) => output.push(chunk));
    child.on('error', fail);
    child.on('close', (code) => {
      process.off('SIGINT', stay);
      process.off('SIGTERM', forward);
      if (code !== 0 && quiet) {
        process.stderr.write(Buffer.concat(output));
      }
      done(code ?? 1);
    });
  });

const must = async (what, command, args, options) => {
  const code = await run(command, args, options);
  if (code !== 0) {
    process.stderr.write(`\n${what} failed (exit code ${code})\n`);
    process.exit(code);
  }
};

const timed = async (what, work) => {
  const beganAtMs = Date.now();
  process.stderr.write(`… ${what}\n`);
  const result = await work();
  process.stderr.write(`✓ ${what} (${((Date.now() - beganAtMs) / 1000).toFixed(1)} s)\n`);
  return result;
};

/** `npm ci` when the installed packages are not those of the lock file. */
const ensureInstalled = async () => {
  const marker = resolve(root, 'node_modules/.package-lock.json');
  if (existsSync(marker) && statSync(marker).mtimeMs >= statSync(resolve(root, 'package-lock.json')).mtimeMs) {
    return;
  }
  await timed('install packages (npm ci)', () => must('npm ci', 'npm', ['ci', '--no-progress', '--loglevel=error'], { quiet: true }));
};

const checkNode24 = async () => {
  const { devDependencies } = JSON.parse(readFileSync(resolve(root, 'package.json'), 'utf8'));
  if (!existsSync(resolve(bin, 'node'))) {
    process.stderr.write(
      `node_modules/.bin/node is missing: the install script of node@${devDependencies.node} did not run. ` +
        'Allow it (package.json › allowScripts) and run npm ci again.\n',
    );
    process.exit(1);
  }
};

const nx = (args, options) => run(resolve(bin, 'nx'), args, options);

const runMany = (target, extra = []) =>
  nx(['run-many', `--targets=${target}`, '--output-style=static', '--parallel=2', ...extra]);

const build = (...selection) =>
  timed('build', () => must('build', resolve(bin, 'nx'), ['run-many', '--targets=build', '--output-style=static', '--parallel=2', ...selection], { quiet: true }));

const node = (script, args = [], options) => run(resolve(bin, 'node'), [script, ...args], options);

const isExecutable = (file) => {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

const onPath = (names) =>
  names.some((name) =>
    [...process.env.PATH.split(delimiter), '/usr/bin'].some((folder) => isExecutable(resolve(folder, name))),
  );

const hasChromium = () =>
  process.env.CHROMIUM_PATH
    ? isExecutable(process.env.CHROMIUM_PATH)
    : onPath(['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']);

/** A browser for the test that clicks; installed only where that needs no question: as root, from the distribution. */
const ensureChromium = async () => {
  if (hasChromium()) {
    return;
  }
  if (process.platform === 'linux' && process.getuid() === 0 && onPath(['apt-get'])) {
    await timed('install chromium (apt-get)', async () => {
      const options = { quiet: true, env: { DEBIAN_FRONTEND: 'noninteractive' } };
      await run('apt-get', ['update', '-qq'], options);
      await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], options);
    });
  }
  if (!hasChromium()) {
    process.stderr.write('! no Chromium: the browser test is skipped here, and fails when CI is set\n');
  }
};

/** The launcher runs before anything is installed, so its tests use Node's own runner, not jest. */
const testLauncher = () => {
  const files = ['tools/local-servers', 'tools/jest', 'tools/build'].flatMap((folder) =>
    readdirSync(resolve(root, folder))
      .filter((file) => file.endsWith('.test.mjs'))
      .map((file) => `${folder}/${file}`),
  );
  return timed('tests of the launcher', () => run(resolve(bin, 'node'), ['--test', ...files], { quiet: true, patient: true }));
};

/** Names of the projects that the options of a command select; null when they select none, which is: all. */
const selectedProjects = async (args) => {
  const selection = selectionOf(args);
  if (selection.length === 0) {
    return null;
  }
  const { stdout } = await promisify(execFile)(
    resolve(bin, 'nx'),
    ['show', 'projects', '--with-target=test', '--json', ...selection],
    { cwd: root, env: environment() },
  );
  return JSON.parse(stdout);
};

/**
 * Nx begins with what others depend on, so the longest of all would begin last and run alone: it begins at once. Two of
 * the others use what it leaves of the machine; they give way, since it starts whole stacks that have to be ready in time.
 */
const testLongestBeside = async (some) => {
  const others = async () => {
    const code = await some(['--exclude=e2e', '--parallel=2'], { patient: true });
    return (await testLauncher()) || code;
  };
  const codes = await Promise.all([some(['--projects=e2e', '--parallel=1']), others()]);
  return codes.find((code) => code !== 0) ?? 0;
};

const startTestServers = async () => {
  const { startServers } = await import('./local-servers/index.mjs');
  return startServers({ need: ['kafka', 'mongo', 'redis'], dataFolder: resolve(root, '.local/test'), durable: false, fresh: true });
};

/** @param starting what `startTestServers` gives */
const testAll = async (args, starting) => {
  try {
    const selected = await selectedProjects(args);
    if (selected?.length === 0) {
      process.stderr.write(`no project with tests fits ${args.join(' ')}\n`);
      return 2;
    }
    // A build that fails ends this process, and the servers with it.
    const [servers] = await Promise.all([starting, build()]);
    // Much of it waits (outages, sessions that run out): one more than there are cores.
    const some = (more, options) =>
      nx(['run-many', '--targets=test', '--output-style=static', '--nxBail=false', ...more], { env: servers.env, ...options });
    const code = args.length > 0 ? await some(['--parallel=3', ...args]) : await testLongestBeside(some);
    const summary = await node('tools/jest/summary.mjs', selected ?? []);
    return code || summary;
  } finally {
    await (await starting).stop();
  }
};

/** npm run bench:<name>: bundles the one `bench/<name>.bench.ts` of the workspace and runs it against real servers. */
const bench = async (name, args) => {
  const file = ['apps', 'libs', 'tools']
    .flatMap((group) => readdirSync(resolve(root, group)).map((project) => `${group}/${project}/bench/${name}.bench.ts`))
    .find((path) => existsSync(resolve(root, path)));
  if (file === undefined) {
    process.stderr.write(`there is no benchmark ${name}\n`);
    return 2;
  }
  await build();
  const output = `dist/bench/${name}.cjs`;
  await must('bundle', 'node', ['tools/build/build-app.mjs', '--entry', file, '--outfile', output]);
  const { startServers } = await import('./local-servers/index.mjs');
  const servers = await startServers({
    need: ['kafka', 'mongo', 'redis'],
    dataFolder: resolve(root, '.local/bench'),
    fresh: true,
    fastMongo: args.includes('--fast-mongo'),
  });
  try {
    return await node(output, args, { env: servers.env });
  } finally {
    await servers.stop();
  }
};

const commands = {
  test: testAll,
  lint: (args) => runMany('lint', args),
  typecheck: (args) => runMany('typecheck', args),
  build: async () => {
    await build();
    return 0;
  },
  supergraph: (args) => node('tools/supergraph/compose.mjs', args),
  'docs:config': async (args) => {
    await build();
    return node('tools/docs/config-tables.mjs', args);
  },
  'dead-letters': async (args) => {
    await build('--projects=dead-letters');
    return node('dist/tools/dead-letters/main.js', args);
  },
  demo: async (args) => {
    await build();
    return node('dist/tools/demo/main.js', args);
  },
  start: async (args) => {
    await build();
    return node('dist/tools/demo/main.js', ['--stay', ...args]);
  },
};

const [name, ...args] = process.argv.slice(2);
const command = name?.startsWith('bench:')
  ? (rest) => bench(name.slice('bench:'.length), rest)
  : commands[name];
if (command === undefined) {
  process.stderr.write(`usage: node tools/run.mjs ${Object.keys(commands).join('|')}\n`);
  process.exit(2);
}
// A new machine fetches packages, and what comes from elsewhere, at the same time; browser and Redis are both the distribution's.
const starting = name === 'test' ? ensureChromium().then(startTestServers) : undefined;
// Heard of where it is waited for.
starting?.catch(() => undefined);
await ensureInstalled();
await checkNode24();
process.exitCode = await command(args, starting);
