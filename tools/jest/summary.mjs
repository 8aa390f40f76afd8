// node tools/jest/summary.mjs [project …]: sums up the results that tools/jest/run.mjs left, one line per project, with
// every failed test; the last line is `N passed, N failed`. Exit code 1 when anything failed or a project with specs has
// no result. With names only those projects count.
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { listProjects, resultFile, workspace } from './projects.mjs';

const read = (file) => {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
};

/** Counts of one jest result; a spec file that could not even run counts as one failure. */
export function countResult(result) {
  const failed = result.numFailedTests + result.numRuntimeErrorTestSuites;
  return {
    passed: result.numPassedTests,
    // Jest can call a run failed although every test passed, for example when a set-up or tear-down threw.
    failed: failed === 0 && result.success === false ? 1 : failed,
    skipped: result.numPendingTests + result.numTodoTests,
  };
}

const firstLine = (message) => stripVTControlCharacters(message ?? '').trim().split('\n')[0].trim();

/** What failed in one jest result: `spec file › full name of the test: first line of its message`. */
export function describeFailures(result, root = workspace) {
  return (result.testResults ?? []).flatMap(({ name, status, message, assertionResults }) => {
    const file = relative(root, name);
    const failed = assertionResults.filter((test) => test.status === 'failed');
    if (failed.length > 0) {
      return failed.map((test) => `${file} › ${test.fullName}: ${firstLine(test.failureMessages[0])}`);
    }
    if (status !== 'failed') return [];
    // Its message begins with jest's own headline; what follows the blank line is the error.
    const [headline, ...error] = stripVTControlCharacters(message ?? '').trim().split(/\n\s*\n/);
    // A tear-down that threw, or an error that nobody caught: every test had passed.
    const what = assertionResults.length > 0 ? 'failed outside its tests' : 'did not run';
    return [`${file} ${what}: ${firstLine(error.join('\n') || headline)}`];
  });
}

const asText = ({ passed, failed, skipped }) =>
  `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;

/**
 * { lines, failures, totals, ok } of a workspace, or of the named projects; a project with specs and without a result
 * counts as one failure.
 */
export function summarise(root = workspace, only = null) {
  const totals = { passed: 0, failed: 0, skipped: 0 };
  const lines = [];
  const failures = [];
  for (const { name, hasSpecs } of listProjects(root)) {
    if (only !== null && !only.includes(name)) continue;
    const result = read(resultFile(name, root));
    if (result === null && !hasSpecs) continue;
    const counts = result === null ? { passed: 0, failed: 1, skipped: 0 } : countResult(result);
    for (const key of Object.keys(totals)) totals[key] += counts[key];
    lines.push(`${name}: ${asText(counts)}${result === null ? ' (no result, although it has specs)' : ''}`);
    if (result !== null) failures.push(...describeFailures(result, root));
  }
  return { lines, failures, totals, ok: totals.failed === 0 };
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const names = process.argv.slice(2);
  const { lines, failures, totals, ok } = summarise(workspace, names.length > 0 ? names : null);
  for (const line of lines) console.log(line);
  for (const failure of failures) console.log(`✗ ${failure}`);
  console.log(asText(totals));
  process.exitCode = ok ? 0 : 1;
}
