// Composes the supergraph from the hand-written SDL of every listed subgraph, and what clients see of it.
//   node tools/supergraph/compose.mjs            writes the files
//   node tools/supergraph/compose.mjs --check    fails when a committed file is not up to date
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describeSchema } from './schema-docs.mjs';
import { apiSchemaOf, apiSchemaText, composeSupergraph, readOptions, readSettings, runScript, SupergraphError } from './supergraph.mjs';

runScript(() => {
  const { check, workspace } = readOptions({ check: { type: 'boolean' } });
  const settings = readSettings(workspace);
  const names = settings.subgraphs.map(({ name }) => name).join(', ');
  const composed = composeSupergraph(workspace, settings);
  const wanted = [
    [settings.output, composed],
    [settings.apiSchema, apiSchemaText(composed)],
    [settings.schemaDocs, describeSchema(apiSchemaOf(composed))],
  ].filter(([path]) => path !== undefined);
  for (const [path, text] of wanted) {
    const file = join(workspace, path);
    const committed = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
    if (check === true && committed !== text) {
      const state = committed === undefined ? 'missing' : 'not up to date';
      throw new SupergraphError(`${path} is ${state}: run npm run compose:supergraph and commit it`);
    }
    if (committed !== text) {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
    process.stdout.write(`${path} is up to date with ${names}\n`);
  }
});
