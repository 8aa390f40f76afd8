// Bundles one application into dist/<project>/app.js with its entry main.js, or one file into another. Libraries are bundled in, npm packages stay outside.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { entry: { type: 'string' }, outfile: { type: 'string' } },
});
const [projectRoot] = positionals;
const entry = values.entry ?? (projectRoot && `${projectRoot}/src/main.ts`);
const outfile = values.outfile ?? (projectRoot && `dist/${projectRoot}/app.js`);
if (!entry || !outfile) {
  throw new Error('usage: node tools/build/build-app.mjs <project root> | --entry <file> --outfile <file>');
}

const { compilerOptions } = JSON.parse(readFileSync('tsconfig.base.json', 'utf8'));
const alias = Object.fromEntries(
  Object.entries(compilerOptions.paths).map(([name, [path]]) => [name, resolve(path)]),
);

await build({
  entryPoints: [resolve(entry)],
  outfile: resolve(outfile),
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'cjs',
  sourcemap: true,
  packages: 'external',
  alias,
  loader: { '.graphql': 'text', '.css': 'text', '.svg': 'text' },
  logLevel: 'warning',
});

if (projectRoot) {
  // `node --enable-source-maps` would read the source maps of every npm package as well and keep them: 13 MB per process,
  // for lines of code that are not ours.
  writeFileSync(
    resolve(dirname(outfile), 'main.js'),
    "require('node:module').setSourceMapsSupport(true, { nodeModules: false, generatedCode: false });\nrequire('./app.js');\n",
  );
}
