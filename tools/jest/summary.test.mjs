import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { selectionOf } from './selection.mjs';
import { summarise } from './summary.mjs';

const result = (counts) => ({
  testResults: [],
  numPassedTests: 0,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  numRuntimeErrorTestSuites: 0,
  success: true,
  ...counts,
});

function workspaceWith(t, projects) {
  const root = mkdtempSync(join(tmpdir(), 'summary-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  mkdirSync(join(root, 'dist/test-results'), { recursive: true });
  for (const [name, { specs = true, counts }] of Object.entries(projects)) {
    mkdirSync(join(root, 'libs', name, 'src'), { recursive: true });
    writeFileSync(join(root, 'libs', name, 'project.json'), JSON.stringify({ name }));
    if (specs) writeFileSync(join(root, 'libs', name, 'src', 'a.unit.spec.ts'), '');
    if (counts) writeFileSync(join(root, 'dist/test-results', `${name}.json`), JSON.stringify(result(counts)));
  }
  return root;
}

test('adds up all projects', (t) => {
  const root = workspaceWith(t, {
    one: { counts: { numPassedTests: 3 } },
    two: { counts: { numPassedTests: 4, numPendingTests: 1 } },
    empty: { specs: false },
  });
  const { lines, totals, ok } = summarise(root);
  assert.deepEqual(lines, ['one: 3 passed, 0 failed', 'two: 4 passed, 0 failed, 1 skipped']);
  assert.deepEqual(totals, { passed: 7, failed: 0, skipped: 1 });
  assert.equal(ok, true);
});

test('counts a project without a result, a spec file that does not run and a failed set-up as failures', (t) => {
  const root = workspaceWith(t, {
    absent: {},
    broken: { counts: { numPassedTests: 1, numRuntimeErrorTestSuites: 1, success: false } },
    setup: { counts: { numPassedTests: 2, success: false } },
  });
  const { totals, ok } = summarise(root);
  assert.deepEqual(totals, { passed: 3, failed: 3, skipped: 0 });
  assert.equal(ok, false);
});

test('names every failed test with its spec file and the first line of its message', (t) => {
  const root = workspaceWith(t, { one: {}, two: { counts: { numPassedTests: 1 } } });
  const spec = (name, rest) => ({ name: join(root, 'libs/one', name), status: 'failed', message: '', ...rest });
  const failed = {
    ...result({ numPassedTests: 1, numFailedTests: 2, numRuntimeErrorTestSuites: 2, success: false }),
    testResults: [
      spec('src/a.unit.spec.ts', {
        assertionResults: [
          { status: 'passed', fullName: 'a thing works', failureMessages: [] },
          {
            status: 'failed',
            fullName: 'a thing breaks › loudly',
            failureMessages: ['Error: \u001b[2mexpect(\u001b[22mreceived) is 2\n    at Object.<anonymous> (a.unit.spec.ts:1:1)'],
          },
          { status: 'failed', fullName: 'a thing breaks silently', failureMessages: [] },
        ],
      }),
      spec('src/b.unit.spec.ts', {
        message: '  \u001b[1m● \u001b[22mTest suite failed to run\n\n    Cannot find module x\n\n    at b.ts:1:1',
        assertionResults: [],
      }),
      spec('src/c.unit.spec.ts', { message: 'out of memory', assertionResults: [] }),
      spec('src/d.unit.spec.ts', {
        message: '\n\n  ● Test suite failed to run\n\n    Cannot pipe to a closed stream\n',
        assertionResults: [{ status: 'passed', fullName: 'a thing works', failureMessages: [] }],
      }),
    ],
  };
  writeFileSync(join(root, 'dist/test-results/one.json'), JSON.stringify(failed));

  assert.deepEqual(summarise(root).failures, [
    'libs/one/src/a.unit.spec.ts › a thing breaks › loudly: Error: expect(received) is 2',
    'libs/one/src/a.unit.spec.ts › a thing breaks silently: ',
    'libs/one/src/b.unit.spec.ts did not run: Cannot find module x',
    'libs/one/src/c.unit.spec.ts did not run: out of memory',
    'libs/one/src/d.unit.spec.ts failed outside its tests: Cannot pipe to a closed stream',
  ]);
});

test('counts only the named projects, whatever results the others have', (t) => {
  const root = workspaceWith(t, {
    one: { counts: { numPassedTests: 3 } },
    broken: { counts: { numFailedTests: 1, success: false } },
    absent: {},
  });
  const { lines, totals, ok } = summarise(root, ['one']);
  assert.deepEqual(lines, ['one: 3 passed, 0 failed']);
  assert.deepEqual(totals, { passed: 3, failed: 0, skipped: 0 });
  assert.equal(ok, true);
});

test('finds in the options of a command which projects it is for', () => {
  assert.deepEqual(selectionOf(['--projects=one,two', '--skip-nx-cache', '--exclude', 'two', '-p', 'a=b']), [
    '--projects=one,two',
    '--exclude=two',
    '-p=a=b',
  ]);
  assert.deepEqual(selectionOf(['--skip-nx-cache']), []);
});
