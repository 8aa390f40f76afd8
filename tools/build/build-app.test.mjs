import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = resolve(import.meta.dirname, '../..');

test('a built application names the lines of its sources, and keeps no source maps of packages', async (context) => {
  // given
  await mkdir(resolve(root, '.local'), { recursive: true });
  const folder = await mkdtemp(resolve(root, '.local/build-app-'));
  const project = relative(root, folder);
  context.after(() => Promise.all([folder, resolve(root, 'dist', project)].map((one) => rm(one, { recursive: true }))));
  await mkdir(resolve(folder, 'src'));
  await writeFile(
    resolve(folder, 'src/main.ts'),
    `import { getSourceMapsSupport } from 'node:module';

interface Answer { readonly support: object; readonly stack: string | undefined }
const answer: Answer = { support: getSourceMapsSupport(), stack: new Error('here').stack };
process.stdout.write(JSON.stringify(answer));
`,
  );

  // when
  await run(process.execPath, ['tools/build/build-app.mjs', project], { cwd: root });
  const { stdout } = await run(process.execPath, [resolve(root, 'dist', project, 'main.js')]);

  // then
  const { support, stack } = JSON.parse(stdout);
  assert.equal(support.enabled, true);
  assert.equal(support.nodeModules, false);
  assert.match(stack, /src\/main\.ts:4:/);
});
