// What composing and comparing share. Paths in subgraphs.json are relative to the workspace.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import composition from '@apollo/composition';
import federation from '@apollo/federation-internals';
import { findBreakingChanges, findDangerousChanges, lexicographicSortSchema, parse, printSchema } from 'graphql';

const HEADER = [
  '# Composed from the schema.graphql of each subgraph (tools/supergraph/compose.mjs); do not edit.',
  '# The url of a subgraph is a placeholder: the gateway takes it from SUBGRAPH_URLS.',
  '',
].join('\n');

/** A failure that is told to the person without a stack. */
export class SupergraphError extends Error {}

/** Reads the command line: the script's own options and --workspace. */
export const readOptions = (options) => {
  const { values } = parseArgs({ options: { workspace: { type: 'string' }, ...options } });
  const workspace = resolve(values.workspace ?? join(dirname(fileURLToPath(import.meta.url)), '../..'));
  return { ...values, workspace };
};

export const readSettings = (workspace) =>
  JSON.parse(readFileSync(join(workspace, 'tools/supergraph/subgraphs.json'), 'utf8'));

const readSubgraph = (workspace, { name, schema }) => {
  const path = join(workspace, schema);
  if (!existsSync(path)) {
    throw new SupergraphError(`subgraph ${name}: ${schema} is missing`);
  }
  try {
    return { name, url: `http://${name}.subgraph.invalid/graphql`, typeDefs: parse(readFileSync(path, 'utf8')) };
  } catch (error) {
    throw new SupergraphError(`subgraph ${name}: ${schema}: ${error.message}`);
  }
};

/** The supergraph SDL: the same text for the same subgraphs, whatever the order they are listed in. */
export const composeSupergraph = (workspace, settings) => {
  const faults = [];
  const services = settings.subgraphs.flatMap((subgraph) => {
    try {
      return [readSubgraph(workspace, subgraph)];
    } catch (error) {
      faults.push(error.message);
      return [];
    }
  });
  if (faults.length > 0) {
    throw new SupergraphError(faults.join('\n'));
  }
  const { errors, supergraphSdl } = composition.composeServices(services);
  if (errors !== undefined && errors.length > 0) {
    const lines = errors.map((error) => `${error.extensions?.code ?? 'ERROR'}: ${error.message}`);
    throw new SupergraphError(lines.join('\n'));
  }
  return `${HEADER}${supergraphSdl.trimEnd()}\n`;
};

const API_HEADER = '# What clients see of the supergraph (tools/supergraph/compose.mjs); do not edit.\n';

/** The schema as clients see it. */
export const apiSchemaOf = (supergraphSdl) => federation.Supergraph.build(supergraphSdl).apiSchema().toGraphQLJSSchema();

/** For code generators and editors. */
export const apiSchemaText = (supergraphSdl) =>
  `${API_HEADER}${printSchema(lexicographicSortSchema(apiSchemaOf(supergraphSdl)))}\n`;

/** Changes between two supergraphs, as clients see them. */
export const compareSupergraphs = (before, after) => {
  const [oldSchema, newSchema] = [apiSchemaOf(before), apiSchemaOf(after)];
  return { breaking: findBreakingChanges(oldSchema, newSchema), dangerous: findDangerousChanges(oldSchema, newSchema) };
};

/** Runs a script's body; its faults go to stderr and the exit code. */
export const runScript = (body) => {
  try {
    body();
  } catch (error) {
    if (!(error instanceof SupergraphError)) {
      throw error;
    }
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
};
