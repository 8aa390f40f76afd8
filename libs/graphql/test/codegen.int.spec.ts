import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = resolve(__dirname, '../../..');

const schema = /* GraphQL */ `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable"])
  scalar DateTime
  enum ShelfStatus {
    OPEN
    CLOSED
  }
  type PageInfo @shareable {
    hasNextPage: Boolean!
    endCursor: String
  }
  type Shelf @key(fields: "id") {
    id: ID!
    status: ShelfStatus!
    label: String
    openedAt: DateTime!
    books(first: Int, after: String): BookConnection!
  }
  type Book @key(fields: "id") {
    id: ID!
    shelf: Shelf
  }
  type BookEdge {
    node: Book!
    cursor: String!
  }
  type BookConnection {
    edges: [BookEdge!]!
    nodes: [Book!]!
    pageInfo: PageInfo!
  }
  type Query {
    shelf(id: ID!): Shelf
  }
  input OpenShelfInput {
    label: String
    openFrom: DateTime
    status: ShelfStatus!
  }
  type OpenShelfPayload {
    shelf: Shelf!
  }
  type Mutation {
    openShelf(input: OpenShelfInput!): OpenShelfPayload!
  }
`;

const mappers = `
  export interface ShelfMapper {
    readonly shelfId: string;
    readonly status: 'OPEN' | 'CLOSED';
    readonly label?: string;
    readonly openedAt: Date;
  }
  export interface BookMapper { readonly id: string; readonly onShelf?: ShelfMapper }
`;

const context = `
  import type { Page, PageRequest } from '@daikaifa/kernel';
  import type { Loader } from '@daikaifa/graphql';
  import type { BookMapper, ShelfMapper } from './schema.mappers';
  export interface SampleContext {
    readonly shelves: Loader<ShelfMapper>;
    readonly booksOf: (shelfId: string, page: PageRequest) => Promise<Page<BookMapper>>;
  }
`;

// As a service writes them: the mapper is the domain object, optional values are left out, pages become connections.
const resolvers = `
  import { createSubgraph, pageRequest, toConnection, type SubgraphOptions } from '@daikaifa/graphql';
  import type { Resolvers } from './schema.generated';
  import type { SampleContext } from './context';
  import type { ShelfMapper } from './schema.mappers';

  export const resolvers: Resolvers = {
    Query: { shelf: (_, { id }, { shelves }) => shelves.load(id) },
    Mutation: {
      openShelf: (_, { input }) => {
        const openedAt: Date = input.openFrom ?? new Date(0);
        const shelf: ShelfMapper = { shelfId: 's', status: input.status, openedAt };
        return { shelf };
      },
    },
    Shelf: {
      __resolveReference: ({ id }, { shelves }) => shelves.load(id),
      id: (shelf) => shelf.shelfId,
      books: async (shelf, args, { booksOf }) => toConnection(await booksOf(shelf.shelfId, pageRequest(args))),
    },
    Book: { shelf: (book) => book.onShelf },
  };

  export const pluginOf = (options: Omit<SubgraphOptions<SampleContext>, 'resolvers'>) =>
    createSubgraph<SampleContext>({ ...options, resolvers });
`;

const codegen = (projectRoot: string) => `
  import { subgraphCodegen } from '../../tools/codegen/subgraph-codegen';
  export default subgraphCodegen({
    projectRoot: '${projectRoot}',
    mappers: { Shelf: './schema.mappers#ShelfMapper', Book: './schema.mappers#BookMapper' },
    contextType: './context#SampleContext',
  });
`;

describe('the codegen preset of the subgraphs', () => {
  let folder = '';

  const write = (path: string, content: string) => writeFile(join(folder, path), content);
  const typecheck = async () => {
    try {
      await run(join(root, 'node_modules/.bin/tsc'), ['--noEmit', '-p', join(folder, 'tsconfig.json')], { cwd: root });
      return 'passes';
    } catch (error) {
      return (error as { stdout: string }).stdout;
    }
  };

  beforeAll(async () => {
    // Inside the repository, so that packages resolve as they do for a service; dist/ is ignored by git and jest.
    await mkdir(join(root, 'dist'), { recursive: true });
    folder = await mkdtemp(join(root, 'dist/codegen-sample-'));
    await mkdir(join(folder, 'src/graphql'), { recursive: true });
    await write('tsconfig.json', JSON.stringify({ extends: '../../tsconfig.base.json', include: ['src', '*.ts'] }));
    await write('codegen.ts', codegen(relative(root, folder)));
    await write('src/graphql/schema.graphql', schema);
    await write('src/graphql/schema.mappers.ts', mappers);
    await write('src/graphql/context.ts', context);
    await write('src/graphql/resolvers.ts', resolvers);
    await run(join(root, 'node_modules/.bin/graphql-codegen'), ['--config', join(relative(root, folder), 'codegen.ts')], {
      cwd: root,
    });
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('writes types that resolvers of a service pass with, under the strict options of the repository', async () => {
    expect(await typecheck()).toBe('passes');
  });

  it.each([
    ['a resolver that answers the wrong type', "id: (shelf) => shelf.shelfId", 'id: () => 7', 'string'],
    ['a field that the mapper does not have', 'book.onShelf', 'book.shelf', 'BookMapper'],
    ['a value outside the enum', "status: input.status,", "status: 'LOST' as const,", '"LOST"'],
    ['a resolver of an unknown field', 'Book: { shelf:', 'Book: { isbn: () => 1, shelf:', 'isbn'],
  ])('refuses %s', async (_what, right, wrong, named) => {
    expect(resolvers).toContain(right);
    await write('src/graphql/resolvers.ts', resolvers.replace(right, wrong));

    expect(await typecheck()).toContain(named);
  });

  it('makes enums unions of strings and data immutable', async () => {
    const generated = await readFile(join(folder, 'src/graphql/schema.generated.ts'), 'utf8');

    expect(generated).toMatch(/export type ShelfStatus =\s*\| 'CLOSED'\s*\| 'OPEN'/);
    expect(generated).toContain('readonly edges: ReadonlyArray<BookEdge>');
    expect(generated).not.toMatch(/\benum\b/);
  });
});
