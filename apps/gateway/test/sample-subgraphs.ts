import { composeServices } from '@apollo/composition';
import { createLoader, createSubgraph, pageRequest, toConnection, type Loader } from '@daikaifa/graphql';
import { AppError, text, type Viewer } from '@daikaifa/kernel';
import { createHttpServer, currentCorrelationId, currentTraceparent, listen } from '@daikaifa/observability';
import { silentLogger, testIdentitySecret } from '@daikaifa/testing';
import { parse } from 'graphql';

const link = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable"])';

const shelvesSdl = `
  ${link}
  type Caller { subject: String! roles: [String!]! publisherIds: [String!]! correlationId: String traceparent: String }
  type Shelf @key(fields: "id") { id: ID! label: String! }
  type Query {
    caller: Caller!
    shelves(count: Int!): [Shelf!]!
    refused: String
    failing: String
    waiting: String
    big(bytes: Int!): String
  }
  input RenameInput { id: ID! label: String! }
  type RenamePayload { shelf: Shelf! }
  type Mutation { rename(input: RenameInput!): RenamePayload! }
`;

const booksSdl = `
  ${link}
  type PageInfo @shareable { hasNextPage: Boolean! endCursor: String }
  type Book @key(fields: "id") { id: ID! title: String! }
  type BookEdge { node: Book! cursor: String! }
  type BookConnection { edges: [BookEdge!]! nodes: [Book!]! pageInfo: PageInfo! }
  type Shelf @key(fields: "id") { id: ID! books(first: Int, after: String): BookConnection! }
  type Query { librarian: String waitingBook: Book }
`;

const authorsSdl = `
  ${link}
  type Author { name: String! shelf: Shelf! }
  type Shelf @key(fields: "id", resolvable: false) { id: ID! }
  type Book @key(fields: "id") { id: ID! author: Author }
  type Query { authorCount: Int }
`;

export const sampleSdls = { authors: authorsSdl, books: booksSdl, shelves: shelvesSdl };
export type SampleName = keyof typeof sampleSdls;

export const sampleSupergraph = (): string => {
  const services = Object.entries(sampleSdls).map(([name, sdl]) => ({
    name,
    url: `http://${name}.subgraph.invalid/graphql`,
    typeDefs: parse(sdl),
  }));
  const { errors, supergraphSdl } = composeServices(services);
  if (supergraphSdl === undefined) {
    throw new Error(String(errors));
  }
  return supergraphSdl;
};

interface SampleContext {
  readonly viewer: Viewer;
  readonly loader: Loader<{ readonly id: string }>;
}

export interface RunningSubgraph {
  readonly url: string;
  readonly calls: { graphql: number; batches: Array<readonly string[]>; aborted: number };
  /** Lets the requests that wait in `waiting` fields go on. */
  release(): void;
  stop(): Promise<void>;
}

type Resolvers = Record<string, Record<string, unknown>>;

const resolversOf = (name: SampleName, waiting: Promise<void>): Resolvers => {
  const byReference = ({ id }: { id: string }, { loader }: SampleContext) => loader.load(id);
  const wait = async () => {
    await waiting;
    return 'done';
  };
  const all: Record<SampleName, Resolvers> = {
    shelves: {
      Shelf: { __resolveReference: byReference, label: ({ id }: { id: string }) => `label ${id}` },
      Query: {
        caller: (_: unknown, __: unknown, { viewer }: SampleContext) => ({
          ...viewer,
          correlationId: currentCorrelationId(),
          traceparent: currentTraceparent(),
        }),
        shelves: (_: unknown, { count }: { count: number }) =>
          Array.from({ length: count }, (_one, id) => ({ id: `s${id}` })),
        refused: () => {
          throw new AppError('INVALID_STATE', text('状态不符', 'wrong state'), {
            violations: [{ field: 'status', code: 'STATE', severity: 'ERROR', text: text('须为草稿', 'must be a draft') }],
            details: { status: 'ONLINE' },
          });
        },
        failing: () => {
          throw new Error('connection to 10.0.0.1 lost');
        },
        waiting: wait,
        big: (_: unknown, { bytes }: { bytes: number }) => 'x'.repeat(bytes),
      },
      Mutation: { rename: (_: unknown, { input }: { input: { id: string } }) => ({ shelf: { id: input.id } }) },
    },
    books: {
      Shelf: {
        __resolveReference: byReference,
        books: ({ id }: { id: string }, args: { first?: number | null; after?: string | null }) => {
          const { first } = pageRequest(args);
          const items = Array.from({ length: first }, (_one, index) => ({
            node: { id: `${id}-b${index}` },
            cursor: `${index}`,
          }));
          return toConnection({ items, hasNextPage: true });
        },
      },
      Book: { __resolveReference: byReference, title: ({ id }: { id: string }) => `title ${id}` },
      Query: { librarian: () => 'L', waitingBook: async () => ({ id: await wait() }) },
    },
    authors: {
      Book: {
        __resolveReference: byReference,
        author: ({ id }: { id: string }) => ({ name: `author of ${id}`, shelf: { id: id.split('-')[0] } }),
      },
      Query: { authorCount: () => 1 },
    },
  };
  return all[name];
};

/** A real subgraph on a free port, with everything counted that reaches it. */
export const startSampleSubgraph = async (name: SampleName, port = 0): Promise<RunningSubgraph> => {
  const calls: RunningSubgraph['calls'] = { graphql: 0, batches: [], aborted: 0 };
  const { promise: waiting, resolve: release } = Promise.withResolvers<void>();
  const logger = silentLogger();
  const server = createHttpServer({ service: name, logger });
  server.addHook('onRequest', async (request, reply) => {
    calls.graphql += request.url === '/graphql' ? 1 : 0;
    reply.raw.on('close', () => {
      calls.aborted += reply.raw.writableFinished ? 0 : 1;
    });
  });
  await server.register(
    createSubgraph<SampleContext>({
      sdl: sampleSdls[name],
      resolvers: resolversOf(name, waiting),
      identitySecret: testIdentitySecret,
      logger,
      introspection: false,
      context: (viewer) => ({
        viewer,
        loader: createLoader(async (ids) => {
          calls.batches.push(ids);
          return new Map(ids.map((id) => [id, { id }]));
        }),
      }),
    }),
  );
  const url = `${await listen(server, { host: '127.0.0.1', port })}/graphql`;
  return {
    url,
    calls,
    release,
    stop: async () => {
      release();
      await server.close();
    },
  };
};
