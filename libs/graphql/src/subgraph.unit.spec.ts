import { connect } from 'node:net';
import { AppError, text, type Viewer } from '@daikaifa/kernel';
import { createHttpServer, currentCorrelationId, currentTraceparent, listen, startTelemetry } from '@daikaifa/observability';
import { IDENTITY_HEADER, signIdentity } from '@daikaifa/security';
import { capturedLogger, manualClock, testIdentitySecret, viewerOf } from '@daikaifa/testing';
import type { FastifyInstance } from 'fastify';
import { createLoader, type Loader } from './loader';
import { createSubgraph } from './subgraph';

const sdl = /* GraphQL */ `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
  scalar DateTime
  type Shelf @key(fields: "id") {
    id: ID!
    label: String!
    openedAt: DateTime!
  }
  type Query {
    whoami: String!
    correlation: String
    trace: String
    opensAfter(at: DateTime!): DateTime!
    broken(code: String): String
  }
`;

interface SampleContext {
  readonly viewer: Viewer;
  readonly shelves: Loader<{ id: string; label: string; openedAt: Date }>;
}

const resolvers = {
  Shelf: {
    __resolveReference: ({ id }: { id: string }, { shelves }: SampleContext) => shelves.load(id),
  },
  Query: {
    whoami: (_: unknown, __: unknown, { viewer }: SampleContext) => viewer.subject,
    correlation: () => currentCorrelationId(),
    trace: () => currentTraceparent(),
    opensAfter: (_: unknown, { at }: { at: Date }) => new Date(at.getTime() + 1000),
    broken: (_: unknown, { code }: { code?: string }) => {
      throw code === undefined
        ? new Error('internal address 10.0.0.1')
        : new AppError('CONFLICT', text('冲突', 'conflict'), { details: { code } });
    },
  },
};

const viewer = viewerOf(['VIEWER'], ['pub-1'], 'user-1');
const telemetry = startTelemetry({ service: 'graphql-spec' });

const start = async (introspection = false) => {
  const { logger, lines } = capturedLogger();
  const batches: Array<readonly string[]> = [];
  const server = createHttpServer({ service: 'sample', logger, telemetry });
  await server.register(
    createSubgraph<SampleContext>({
      sdl,
      resolvers,
      identitySecret: testIdentitySecret,
      logger,
      introspection,
      context: (caller) => ({
        viewer: caller,
        shelves: createLoader(async (ids) => {
          batches.push(ids);
          const found = ids.filter((id) => id !== 'missing');
          return new Map(found.map((id) => [id, { id, label: `label ${id}`, openedAt: new Date(0) }]));
        }),
      }),
    }),
  );
  return { server, lines, batches };
};

const ask = async (server: FastifyInstance, body: object, headers: Record<string, string> = {}) => {
  const identity = await signIdentity(viewer, testIdentitySecret);
  const response = await server.inject({
    method: 'POST',
    url: '/graphql',
    headers: { [IDENTITY_HEADER]: identity, 'content-type': 'application/json', ...headers },
    payload: JSON.stringify(body),
  });
  return { status: response.statusCode, body: response.json() };
};

describe('a subgraph', () => {
  let running: Awaited<ReturnType<typeof start>>;

  beforeEach(async () => {
    running = await start();
  });
  afterEach(() => running.server.close());
  afterAll(() => telemetry.stop());

  it('hands the identity that the gateway signed to the context', async () => {
    const { body } = await ask(running.server, { query: '{ whoami }' });

    expect(body).toEqual({ data: { whoami: 'user-1' } });
  });

  it.each([
    ['no identity', async () => ''],
    ['an identity signed with another secret', () => signIdentity(viewer, 'another-secret-of-enough-length-0123456789')],
    [
      'an expired identity',
      () => signIdentity(viewer, testIdentitySecret, { ttlSec: 30, clock: manualClock(new Date('2020-01-01T00:00:00Z')) }),
    ],
    ['something else', async () => 'not.a.token'],
  ])('answers 401 UNAUTHENTICATED to %s', async (_kind, identity) => {
    const { status, body } = await ask(running.server, { query: '{ whoami }' }, { [IDENTITY_HEADER]: await identity() });

    expect(status).toBe(401);
    expect(body.errors[0].extensions).toMatchObject({
      code: 'UNAUTHENTICATED',
      text: { zh: expect.any(String), en: expect.any(String) },
      correlationId: expect.any(String),
    });
    expect(body).not.toHaveProperty('data');
  });

  it('resolves all references of a request with one batch', async () => {
    const representations = ['a', 'b', 'missing', 'a'].map((id) => ({ __typename: 'Shelf', id }));

    const { body } = await ask(running.server, {
      query: 'query($r: [_Any!]!) { _entities(representations: $r) { ... on Shelf { id label openedAt } } }',
      variables: { r: representations },
    });

    expect(running.batches).toEqual([['a', 'b', 'missing']]);
    const shelf = (id: string) => ({ id, label: `label ${id}`, openedAt: '1970-01-01T00:00:00.000Z' });
    expect(body.data._entities).toEqual([shelf('a'), shelf('b'), null, shelf('a')]);
  });

  it('reads and writes DateTime without being told to', async () => {
    const { body } = await ask(running.server, { query: '{ opensAfter(at: "2026-03-02T17:00:00+08:00") }' });

    expect(body.data.opensAfter).toBe('2026-03-02T09:00:01.000Z');
  });

  it('refuses a bad DateTime as bad input', async () => {
    const { body } = await ask(running.server, {
      query: 'query($at: DateTime!) { opensAfter(at: $at) }',
      variables: { at: 'tomorrow' },
    });

    expect(body.errors[0].extensions.code).toBe('BAD_USER_INPUT');
  });

  it('answers an AppError with its code and anything else masked, each logged once', async () => {
    const decided = await ask(running.server, { query: '{ broken(code: "x") }' });
    const masked = await ask(running.server, { query: '{ broken }' });

    expect(decided.body.errors[0].extensions).toMatchObject({ code: 'CONFLICT', details: { code: 'x' } });
    expect(masked.body.errors[0].extensions.code).toBe('INTERNAL_SERVER_ERROR');
    expect(JSON.stringify(masked.body)).not.toContain('10.0.0.1');
    const failures = running.lines.filter((line) => line['msg'] === 'graphql request failed');
    expect(failures.map((line) => line['code'])).toEqual(['CONFLICT', 'INTERNAL_SERVER_ERROR']);
  });

  it('keeps Apollo codes for a request that cannot be read or does not fit the schema', async () => {
    const unreadable = await ask(running.server, { query: '{' });
    const unfit = await ask(running.server, { query: '{ nothing }' });

    expect(unreadable.body.errors[0].extensions.code).toBe('GRAPHQL_PARSE_FAILED');
    expect(unfit.body.errors[0].extensions).toMatchObject({
      code: 'GRAPHQL_VALIDATION_FAILED',
      text: { zh: expect.stringContaining('操作不符合 schema') },
    });
  });

  it('answers introspection only where the setting allows it', async () => {
    const query = '{ __schema { queryType { name } } }';
    expect((await ask(running.server, { query })).body.errors[0].extensions.code).toBe('GRAPHQL_VALIDATION_FAILED');

    const open = await start(true);
    expect((await ask(open.server, { query })).body.data.__schema.queryType.name).toBe('Query');
    await open.server.close();
  });

  it('has no other door: no GET, no batch, no landing page', async () => {
    const identity = await signIdentity(viewer, testIdentitySecret);
    const headers = { [IDENTITY_HEADER]: identity, accept: 'text/html' };

    const got = await running.server.inject({ method: 'GET', url: '/graphql?query={whoami}', headers });
    const batch = await ask(running.server, [{ query: '{ whoami }' }, { query: '{ whoami }' }]);

    expect(got.statusCode).toBe(404);
    expect(batch.status).toBe(400);
    expect(batch.body.errors[0].extensions.code).toBe('BAD_REQUEST');
  });

  it('continues correlation id and trace also when the body comes in its own packet', async () => {
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    const headArrived = Promise.withResolvers<void>();
    running.server.addHook('onRequest', async () => headArrived.resolve());
    const url = new URL(await listen(running.server, { host: '127.0.0.1', port: 0 }));
    const body = JSON.stringify({ query: '{ correlation trace }' });
    const head = [
      'POST /graphql HTTP/1.1',
      `host: ${url.host}`,
      'content-type: application/json',
      `content-length: ${Buffer.byteLength(body)}`,
      'x-correlation-id: c-42',
      `traceparent: 00-${traceId}-b7ad6b7169203331-01`,
      `${IDENTITY_HEADER}: ${await signIdentity(viewer, testIdentitySecret)}`,
      'connection: close',
      '',
      '',
    ].join('\r\n');

    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(Number(url.port), url.hostname, () => {
        socket.setNoDelay(true);
        socket.write(head);
        void headArrived.promise.then(() => setImmediate(() => socket.write(body)));
      });
      let received = '';
      socket.on('data', (chunk) => (received += chunk.toString()));
      socket.on('end', () => resolve(received));
      socket.on('error', reject);
    });

    const { data } = JSON.parse(answer.slice(answer.indexOf('\r\n\r\n'))) as { data: Record<string, string> };
    expect(data['correlation']).toBe('c-42');
    expect(data['trace']).toContain(traceId);
  });

  it('counts requests by operation and outcome', async () => {
    await ask(running.server, { query: '{ whoami }' });
    await ask(running.server, { query: '{ broken(code: "x") }' });

    const metrics = await telemetry.metricsText();
    expect(metrics).toMatch(/graphql_requests_total\{[^}]*operation="query"[^}]*code="OK"/);
    expect(metrics).toMatch(/graphql_requests_total\{[^}]*operation="query"[^}]*code="CONFLICT"/);
  });
});
