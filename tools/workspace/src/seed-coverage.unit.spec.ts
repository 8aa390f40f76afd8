import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const root = resolve(__dirname, '../../..');
const text = readFileSync(resolve(root, 'docs/seed-coverage.md'), 'utf8');

const FOLDERS: Readonly<Record<string, string>> = {
  t: 'apps/template',
  r: 'apps/review',
  a: 'apps/authorization',
  c: 'apps/app-config',
  p: 'apps/permission',
  k: 'apps/callback',
  s: 'apps/wecom-sandbox',
  l: 'libs/rules',
  e: 'apps/e2e',
};

interface Row {
  readonly seed: string;
  readonly file: string;
  readonly test: string;
  readonly step: string;
}

const rows = text.split('\n').flatMap((line): readonly Row[] => {
  const cells = line.split('|').map((cell) => cell.trim());
  const [, seed = '', , where = '', step = ''] = cells;
  if (cells.length !== 6 || seed === 'seed' || seed.startsWith('---')) {
    return [];
  }
  const [path = '', test = ''] = where.split(' › ');
  const [folder = '', ...rest] = path.split('/');
  return [{ seed, file: [FOLDERS[folder] ?? folder, ...rest].join('/'), test, step }];
});

const demo = readdirSync(resolve(root, 'tools/demo/src'))
  .map((file) => readFileSync(resolve(root, 'tools/demo/src', file), 'utf8'))
  .join('\n');

// The parts of the seed with the number of their rows: one that is forgotten fails here.
const PARTS: ReadonlyArray<readonly [string, number]> = [
  ['1 ●', 7],
  ['2 1）', 2],
  ['2 2）', 14],
  ['2 3）●', 2],
  ['3 提交上线', 1],
  ['3 1）', 2],
  ['3 2）', 2],
  ['3 3）', 2],
  ['3 4）●', 3],
  ['3 5）', 1],
  ['3 6）', 1],
  ['4 1）', 1],
  ['4 2）', 1],
  ['4 3）', 1],
  ['4 ●', 3],
  ['5 1）●', 2],
  ['5 2）', 1],
  ['5 3）', 1],
];

describe('the coverage of the seed', () => {
  it.each(PARTS)('has every row of %s', (part, count) => {
    expect(rows.filter(({ seed }) => seed.startsWith(part)).map(({ seed }) => seed)).toHaveLength(count);
  });

  it.each(rows.map((row) => [row.seed, row] as const))('%s is proved by a test that exists', (_seed, { file, test }) => {
    expect(existsSync(resolve(root, file))).toBe(true);
    expect(test).not.toBe('');
    expect(readFileSync(resolve(root, file), 'utf8')).toContain(test);
  });

  it.each(rows.filter(({ step }) => step !== '–').map((row) => [row.seed, row.step] as const))(
    '%s is shown by the demo: %s',
    (_seed, step) => {
      expect(demo).toContain(`'${step}`);
    },
  );
});
