// node tools/jest/summary.mjs: sums up the results that tools/jest/run.mjs left, one line per project; the last line is
// `N passed, N failed`. Exit code 1 when anything failed or a project with specs has no result.
import { readFileSync } from 'node:fs';
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

const asText = ({ passed, failed, skipped }) =>
  `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;

/** { lines, totals, ok } of a workspace; a project with specs and without a result counts as one failure. */
export function summarise(root = workspace) {
  const totals = { passed: 0, failed: 0, skipped: 0 };
  const lines = [];
  for (const { name, hasSpecs } of listProjects(root)) {
    const result = read(resultFile(name, root));
    if (result === null && !hasSpecs) continue;
    const counts = result === null ? { passed: 0, failed: 1, skipped: 0 } : countResult(result);
    for (const key of Object.keys(totals)) totals[key] += counts[key];
    lines.push(`${name}: ${asText(counts)}${result === null ? ' (no result, although it has specs)' : ''}`);
  }
  return { lines, totals, ok: totals.failed === 0 };
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const { lines, totals, ok } = summarise();
  for (const line of lines) console.log(line);
  console.log(asText(totals));
  process.exitCode = ok ? 0 : 1;
}
