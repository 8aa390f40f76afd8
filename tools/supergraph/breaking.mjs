// Compares the schema that clients see with the one of an earlier commit.
//   node tools/supergraph/breaking.mjs [--base REV] [--allow FILE]
// REV is HEAD unless given. FILE (tools/supergraph/allowed-breaks.json) lists deliberate breaks:
//   [{ "change": "Type Old was removed.", "reason": "never released" }]
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compareSupergraphs, readOptions, readSettings, runScript, SupergraphError } from './supergraph.mjs';

const git = (workspace, ...args) =>
  execFileSync('git', args, {
    cwd: workspace,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 64 * 2 ** 20,
  });

const readCommit = (workspace, revision) => {
  try {
    return git(workspace, 'rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`).trim();
  } catch {
    throw new SupergraphError(`${revision} is no commit of this repository: fetch it, or name another with --base`);
  }
};

const readCommitted = (workspace, revision, path) => {
  const commit = readCommit(workspace, revision);
  return git(workspace, 'ls-tree', '--name-only', commit, '--', path).trim() === ''
    ? undefined
    : git(workspace, 'cat-file', 'blob', `${commit}:${path}`);
};

const readAllowed = (workspace, path) => {
  const file = join(workspace, path);
  const entries = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : [];
  for (const entry of entries) {
    if (typeof entry.change !== 'string' || typeof entry.reason !== 'string' || entry.reason.trim() === '') {
      throw new SupergraphError(`${path}: each entry wants a change and a reason`);
    }
  }
  return new Map(entries.map(({ change, reason }) => [change, reason]));
};

const say = (line) => process.stdout.write(`${line}\n`);

runScript(() => {
  const options = readOptions({ base: { type: 'string' }, allow: { type: 'string' } });
  const { workspace, base = 'HEAD' } = options;
  const settings = readSettings(workspace);
  const allowed = readAllowed(workspace, options.allow ?? settings.allowedBreaks);
  const before = readCommitted(workspace, base, settings.output);
  if (before === undefined) {
    say(`${settings.output} does not exist at ${base}: nothing to break`);
    return;
  }
  const { breaking, dangerous } = compareSupergraphs(before, readFileSync(join(workspace, settings.output), 'utf8'));
  for (const { description } of dangerous) {
    say(`note: ${description}`);
  }
  for (const { description } of breaking.filter((change) => allowed.has(change.description))) {
    say(`allowed: ${description} (${allowed.get(description)})`);
  }
  const refused = breaking.filter(({ description }) => !allowed.has(description));
  if (refused.length > 0) {
    const lines = refused.map((change) => `  ${change.type}: ${change.description}`);
    throw new SupergraphError([`${refused.length} breaking change(s) since ${base}:`, ...lines].join('\n'));
  }
  say(`no breaking change since ${base}`);
});
