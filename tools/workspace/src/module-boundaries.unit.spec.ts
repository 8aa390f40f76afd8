import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

const root = resolve(__dirname, '../../..');

interface Case {
  readonly name: string;
  readonly file: string;
  readonly source: string;
  /** The rule that must refuse it; null where the import is allowed. */
  readonly rule: string | null;
}

const importing = (name: string, from: string): string => `import { ${name} } from '${from}';\nexport const kept = ${name};\n`;

const BOUNDARIES = '@nx/enforce-module-boundaries';

const cases: readonly Case[] = [
  { name: 'an app imports another app', file: 'apps/gateway/src/app.ts', source: importing('EMPTY_CONTENT', '../../template/src/domain/delegated-template'), rule: BOUNDARIES },
  { name: 'the sandbox imports the protocol library', file: 'apps/wecom-sandbox/src/main.ts', source: importing('LIMITS', '@daikaifa/wecom-protocol'), rule: BOUNDARIES },
  { name: 'the kernel imports a library', file: 'libs/kernel/src/index.ts', source: importing('setting', '@daikaifa/config'), rule: BOUNDARIES },
  { name: 'a service imports kafkajs', file: 'apps/template/src/app.ts', source: importing('Kafka', 'kafkajs'), rule: 'no-restricted-imports' },
  { name: 'domain imports persistence', file: 'apps/template/src/domain/publisher.ts', source: importing('schema', '../persistence/publisher.schema'), rule: 'no-restricted-imports' },
  { name: 'application imports graphql', file: 'apps/template/src/application/ports.ts', source: importing('context', '../graphql/context'), rule: 'no-restricted-imports' },
  { name: 'app.ts reads the environment', file: 'apps/template/src/app.ts', source: 'export const kept = process.env;\n', rule: 'no-restricted-properties' },
  { name: 'a service imports the kernel', file: 'apps/template/src/application/ports.ts', source: importing('ok', '@daikaifa/kernel'), rule: null },
];

describe('module boundaries', () => {
  let found: ReadonlyArray<ReadonlyArray<{ readonly ruleId: string; readonly message: string }>> = [];

  beforeAll(() => {
    const run = spawnSync(resolve(root, 'node_modules/.bin/node'), [resolve(__dirname, 'lint-texts.mjs')], {
      cwd: root,
      input: JSON.stringify(cases),
      encoding: 'utf8',
      env: { ...process.env, NX_DAEMON: 'false' },
    });
    if (run.status !== 0) {
      throw new Error(`eslint did not answer: ${run.stderr}`);
    }
    found = JSON.parse(run.stdout) as typeof found;
  }, 180_000);

  it.each(cases.map((one, index) => [one.name, one.rule, index] as const))('%s → %s', (_name, rule, index) => {
    const rules = found[index]?.map((message) => message.ruleId);

    expect(rules).toEqual(rule === null ? [] : expect.arrayContaining([rule]));
  });
});
