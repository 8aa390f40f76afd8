// Composes the supergraph from the hand-written SDL of every listed subgraph.
//   node tools/supergraph/compose.mjs            writes the file
//   node tools/supergraph/compose.mjs --check    fails when the committed file is not up to date
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { composeSupergraph, readOptions, readSettings, runScript, SupergraphError } from './supergraph.mjs';

runScript(() => {
  const { check, workspace } = readOptions({ check: { type: 'boolean' } });
  const settings = readSettings(workspace);
  const names = settings.subgraphs.map(({ name }) => name).join(', ');
  const output = join(workspace, settings.output);
  const composed = composeSupergraph(workspace, settings);
  const committed = existsSync(output) ? readFileSync(output, 'utf8') : undefined;
  if (check === true && committed !== composed) {
    const state = committed === undefined ? 'missing' : 'not up to date';
    throw new SupergraphError(`${settings.output} is ${state}: run npm run compose:supergraph and commit it`);
  }
  if (committed !== composed) {
    writeFileSync(output, composed);
  }
  process.stdout.write(`${settings.output} is up to date with ${names}\n`);
});
