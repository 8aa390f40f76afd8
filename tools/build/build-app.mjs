// Bundles one application into dist/<project>/main.js. Libraries are bundled in, npm packages stay outside.
import { readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { build } from 'esbuild';

const projectRoot = process.argv[2];
if (projectRoot === undefined) {
  throw new Error('usage: node tools/build/build-app.mjs <project root>');
}

const { compilerOptions } = JSON.parse(readFileSync('tsconfig.base.json', 'utf8'));
const alias = Object.fromEntries(
  Object.entries(compilerOptions.paths).map(([name, [path]]) => [name, resolve(path)]),
);

await build({
  entryPoints: [resolve(projectRoot, 'src/main.ts')],
  outfile: resolve('dist', projectRoot, 'main.js'),
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'cjs',
  sourcemap: true,
  packages: 'external',
  alias,
  loader: { '.graphql': 'text', '.css': 'text', '.svg': 'text' },
  define: { 'process.env.DAIKAIFA_APP': JSON.stringify(basename(projectRoot)) },
  logLevel: 'warning',
});
