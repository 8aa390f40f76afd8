import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Supergraph } from '@apollo/federation-internals';
import { parse, validate, type OperationDefinitionNode } from 'graphql';
import supergraphSdl from '../supergraph.graphql';
import { gatewayConfig } from './harness';
import { checkOperation } from '../src/operation-limits';
import { subgraphNames } from '../src/supergraph';

const run = promisify(execFile);
const tools = resolve(__dirname, '../../../tools/supergraph');
const output = 'apps/gateway/supergraph.graphql';
const apiSchema = 'libs/client/schema.graphql';
const schemaDocs = 'docs/graphql.md';

const link = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])\n';
const shelves = `${link}type Shelf @key(fields: "id") { id: ID! label: String } type Query { shelf(id: ID!): Shelf }\n`;
const books = `${link}type Shelf @key(fields: "id") { id: ID! books: [String!]! }\ntype Query { bookCount: Int }\n`;
const paths = { shelves: 'apps/shelves/schema.graphql', books: 'apps/books/schema.graphql' };

const settings = (names: ReadonlyArray<keyof typeof paths>) =>
  JSON.stringify({
    output,
    apiSchema,
    schemaDocs,
    allowedBreaks: 'tools/supergraph/allowed-breaks.json',
    subgraphs: names.map((name) => ({ name, schema: paths[name] })),
  });

describe('the tools of the supergraph', () => {
  let workspace = '';

  const write = async (path: string, content: string) => {
    await mkdir(dirname(join(workspace, path)), { recursive: true });
    await writeFile(join(workspace, path), content);
  };
  const script = async (name: string, ...args: string[]) => {
    try {
      const { stdout } = await run(process.execPath, [join(tools, name), '--workspace', workspace, ...args]);
      return { code: 0, says: stdout };
    } catch (error) {
      const failed = error as { code: number; stdout: string; stderr: string };
      return { code: failed.code, says: failed.stdout + failed.stderr };
    }
  };
  const commit = async () => {
    const identity = ['-c', 'user.name=test', '-c', 'user.email=test@example.invalid', '-c', 'commit.gpgsign=false'];
    await run('git', ['add', '-A'], { cwd: workspace });
    await run('git', [...identity, 'commit', '-q', '-m', 'state'], { cwd: workspace });
  };

  beforeEach(async () => {
    workspace = await mkdtemp(join(tmpdir(), 'supergraph-'));
    await mkdir(join(workspace, 'apps/gateway'), { recursive: true });
    await write('tools/supergraph/subgraphs.json', settings(['shelves', 'books']));
    await write(paths.shelves, shelves);
    await write(paths.books, books);
    await run('git', ['init', '-q'], { cwd: workspace });
  });
  afterEach(() => rm(workspace, { recursive: true, force: true }));

  describe('compose', () => {
    it('writes the same text whatever the order of the list, with placeholder addresses', async () => {
      expect(await script('compose.mjs')).toEqual({ code: 0, says: expect.stringContaining('shelves, books') });
      const first = await readFile(join(workspace, output), 'utf8');
      await write('tools/supergraph/subgraphs.json', settings(['books', 'shelves']));
      await script('compose.mjs');

      expect(await readFile(join(workspace, output), 'utf8')).toBe(first);
      expect(first).toContain('http://books.subgraph.invalid/graphql');
      expect(subgraphNames(first)).toEqual(['books', 'shelves']);
    });

    it('names every listed subgraph without SDL, and writes nothing', async () => {
      await rm(join(workspace, 'apps/shelves'), { recursive: true });
      await rm(join(workspace, 'apps/books'), { recursive: true });

      const { code, says } = await script('compose.mjs');

      expect(code).toBe(1);
      expect(says).toContain(`subgraph books: ${paths.books} is missing`);
      expect(says).toContain(`subgraph shelves: ${paths.shelves} is missing`);
      await expect(readFile(join(workspace, output))).rejects.toThrow('ENOENT');
    });

    it('shows why subgraphs do not fit together', async () => {
      await write(paths.books, books.replace('books: [String!]!', 'label: Int'));

      const { code, says } = await script('compose.mjs');

      expect(code).toBe(1);
      expect(says).toContain('Shelf.label');
    });

    it('writes what clients see: the schema without a trace of its parts, and its documentation', async () => {
      await write(paths.books, books.replace('bookCount: Int', '"How many. 数量 | 全部"\n  bookCount(of: ID!): Int'));
      await script('compose.mjs');

      const schema = await readFile(join(workspace, apiSchema), 'utf8');
      expect(schema).toContain('bookCount(of: ID!): Int');
      expect(schema).not.toMatch(/join__|_Service|_entities|@key/);
      const docs = await readFile(join(workspace, schemaDocs), 'utf8');
      expect(docs).toContain('| `bookCount(of: ID!)` | `Int` | How many. 数量 \\| 全部 |');
      expect(docs).toContain('### Shelf\n\n| field | type | meaning |');
    });

    it.each([apiSchema, schemaDocs])('--check fails while %s is old', async (path) => {
      await script('compose.mjs');
      await write(path, 'old');

      expect(await script('compose.mjs', '--check')).toEqual({ code: 1, says: expect.stringContaining(`${path} is not up to date`) });
    });

    it('--check fails while the committed file is missing or old, and never writes', async () => {
      expect(await script('compose.mjs', '--check')).toEqual({ code: 1, says: expect.stringContaining('is missing') });
      await script('compose.mjs');
      expect((await script('compose.mjs', '--check')).code).toBe(0);
      await write(paths.books, books.replace('bookCount', 'countOfBooks'));

      expect(await script('compose.mjs', '--check')).toEqual({ code: 1, says: expect.stringContaining('not up to date') });
      expect(await readFile(join(workspace, output), 'utf8')).toContain('bookCount');
    });
  });

  describe('the check for breaking changes', () => {
    beforeEach(async () => {
      await script('compose.mjs');
      await commit();
    });

    const change = async (sdl: string) => {
      await write(paths.books, sdl);
      expect((await script('compose.mjs')).code).toBe(0);
    };

    it('passes for an addition', async () => {
      await change(books.replace('bookCount: Int', 'bookCount: Int pageCount: Int'));

      expect(await script('breaking.mjs')).toEqual({ code: 0, says: expect.stringContaining('no breaking change since HEAD') });
    });

    it('fails and lists each break', async () => {
      await change(`${link}type Shelf @key(fields: "id") { id: ID! }\ntype Query { pageCount: Int }\n`);

      const { code, says } = await script('breaking.mjs');

      expect(code).toBe(1);
      expect(says).toContain('2 breaking change(s) since HEAD');
      expect(says).toContain('FIELD_REMOVED: Query.bookCount was removed.');
      expect(says).toContain('FIELD_REMOVED: Shelf.books was removed.');
    });

    it('passes a deliberate break that is listed with its reason, and shows it', async () => {
      await change(books.replace('bookCount', 'pageCount'));
      const entry = { change: 'Query.bookCount was removed.', reason: 'never released' };
      await write('tools/supergraph/allowed-breaks.json', JSON.stringify([entry]));
      expect(await script('breaking.mjs')).toEqual({
        code: 0,
        says: expect.stringContaining('allowed: Query.bookCount was removed. (never released)'),
      });

      await write('other.json', JSON.stringify([{ ...entry, reason: ' ' }]));
      expect(await script('breaking.mjs', '--allow', 'other.json')).toEqual({
        code: 1,
        says: expect.stringContaining('wants a change and a reason'),
      });
    });

    it('compares with the commit that is named', async () => {
      await change(books.replace('bookCount', 'pageCount'));
      await commit();

      expect((await script('breaking.mjs')).code).toBe(0);
      expect((await script('breaking.mjs', '--base', 'HEAD~1')).code).toBe(1);
    });

    it('fails for a base that does not exist, instead of finding nothing to compare with', async () => {
      expect(await script('breaking.mjs', '--base', 'no-such-branch')).toEqual({
        code: 1,
        says: expect.stringContaining('no commit of this repository'),
      });
    });

    it('passes when the base has no supergraph yet', async () => {
      await write('.gitignore', 'supergraph.graphql\n');
      await run('git', ['rm', '-q', '--cached', output], { cwd: workspace });
      await commit();

      expect(await script('breaking.mjs')).toEqual({ code: 0, says: expect.stringContaining('nothing to break') });
    });
  });
});

describe('the committed supergraph', () => {
  it('lets the tree from publisher to corp pass the default limits, with default pages everywhere', () => {
    const schema = Supergraph.build(supergraphSdl).apiSchema().toGraphQLJSSchema();
    const document = parse(/* GraphQL */ `
      query tree($id: ID!) {
        publisher(id: $id) {
          name
          templates {
            nodes {
              status
              onlineRevision { ...revision }
              workingRevision { ...revision }
              reviewItems { nodes { state prechecks { text { zh en } } reasons { text { zh en } } verdicts { decision } } }
              authorizationLinks { nodes { state url } }
              authorizations { nodes { status corp { name } current { epoch observation { agent { name } } } } }
            }
          }
        }
      }
      fragment revision on TemplateRevision { number status content { name logo { url } } }
    `);
    const operation = document.definitions[0] as OperationDefinitionNode;
    const { limits } = gatewayConfig({}, { SUBGRAPH_URLS: '' });

    expect(validate(schema, document)).toEqual([]);
    expect(checkOperation({ schema, document, operation, variables: {} }, limits)).toEqual([]);
  });

  it('has an address for each of its subgraphs in the default settings', () => {
    const { urls } = gatewayConfig({}, { SUBGRAPH_URLS: '' }).subgraphs;

    expect(Object.keys(urls).toSorted()).toEqual([...subgraphNames(supergraphSdl)].toSorted());
  });
});
