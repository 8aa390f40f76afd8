import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { summarise } from './summary.mjs';

const result = (counts) => ({
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
