// node tools/jest/run.mjs <projectRoot> [jest options]: the `test` target of every project.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { projectName, resultFile, workspace } from './projects.mjs';

const [projectRoot, ...jestOptions] = process.argv.slice(2);
if (projectRoot === undefined) {
  console.error('usage: node tools/jest/run.mjs <projectRoot> [jest options]');
  process.exit(2);
}
const folder = resolve(workspace, projectRoot);
const name = projectName(folder);
if (name === null) {
  console.error(`${projectRoot} is no project: it has no project.json`);
  process.exit(2);
}

// The Node version the services run on is a development dependency; the machine's own may be older.
const ownNode = join(workspace, 'node_modules/.bin/node');
const node = existsSync(ownNode) ? ownNode : process.execPath;
const results = resultFile(name);
mkdirSync(dirname(results), { recursive: true });
// A run that does not get to its end must not leave the result of the run before.
rmSync(results, { force: true });

const args = [
  join(workspace, 'node_modules/jest/bin/jest.js'),
  ...['--config', join(folder, 'jest.config.cjs')],
  ...['--json', '--outputFile', results, '--passWithNoTests'],
  ...jestOptions,
];
const child = spawn(node, args, { cwd: workspace, stdio: ['inherit', 'ignore', 'inherit'] });
// Jest ends by itself on these signals and stops the servers it started; ending first would hide that from the caller.
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => child.kill(name));
child.once('error', (error) => {
  console.error(error.message);
  process.exit(1);
});
child.once('exit', (code) => process.exit(code ?? 1));
