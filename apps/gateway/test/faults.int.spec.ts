import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { eventually } from '@daikaifa/testing';
import { createApp } from '../src/app';
import { gatewayConfig, startGateway, startSubgraphs } from './harness';
import { sampleSupergraph, startSampleSubgraph } from './sample-subgraphs';

const both = { zh: expect.stringMatching(/[\u4e00-\u9fff]/), en: expect.stringMatching(/[a-z]/) };

const startStub = async (listener: RequestListener) => {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`,
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

describe('the gateway before faulty subgraphs', () => {
  let subgraphs: Awaited<ReturnType<typeof startSubgraphs>>;
  const stops: Array<() => Promise<void>> = [];

  const gatewayBefore = async (urls: Record<string, string> = {}, env: Record<string, string> = {}) => {
    const gateway = await startGateway({ ...subgraphs.urls, ...urls }, env);
    stops.push(() => gateway.app.stop());
    return gateway;
  };
  const stub = async (listener: RequestListener) => {
    const started = await startStub(listener);
    stops.push(started.stop);
    return started;
  };

  beforeEach(async () => {
    subgraphs = await startSubgraphs();
  });
  afterEach(async () => {
    for (const stop of stops.splice(0).reverse()) {
      await stop();
    }
    await subgraphs.stop();
  });

  it('answers the data of the others when one is down, names it, and recovers when it is back', async () => {
    const gateway = await gatewayBefore();
    const query = '{ shelves(count: 1) { id label books(first: 1) { nodes { id author { name } } } } authorCount }';
    expect((await gateway.ask(query)).body.errors).toBeUndefined();
    await subgraphs.authors.stop();

    const { status, body } = await gateway.ask(query);

    expect(status).toBe(200);
    expect(body.data).toEqual({
      shelves: [{ id: 's0', label: 'label s0', books: { nodes: [{ id: 's0-b0', author: null }] } }],
      authorCount: null,
    });
    expect(body.errors).toHaveLength(2);
    for (const error of body.errors ?? []) {
      expect(error.extensions).toMatchObject({
        code: 'UNAVAILABLE',
        text: { zh: expect.stringContaining('authors'), en: expect.stringContaining('authors') },
        details: { subgraph: 'authors', reason: 'UNREACHABLE' },
        correlationId: expect.any(String),
      });
    }
    // Those that are up have a time limit too, which a busy machine may miss.
    await eventually(async () => {
      const ready = await fetch(`${gateway.app.url}/health/ready`);
      expect([ready.status, await ready.json()]).toEqual([503, { status: 'not-ready', missing: ['authors'] }]);
      return true;
    });

    const again = await startSampleSubgraph('authors', Number(new URL(subgraphs.authors.url).port));
    stops.push(again.stop);
    await eventually(async () => (await gateway.ask(query)).body.errors === undefined);
    await eventually(async () => (await fetch(`${gateway.app.url}/health/ready`)).status === 200);
  });

  it('ends a call that takes too long and keeps the rest', async () => {
    const gateway = await gatewayBefore({}, { SUBGRAPH_TIMEOUT_MS: '2000' });

    // Time enough for a busy machine to answer the other call, which has the same limit.
    const { body } = await gateway.ask('{ waiting librarian }');

    expect(body.data).toEqual({ waiting: null, librarian: 'L' });
    expect(body.errors?.[0]?.extensions).toMatchObject({
      code: 'UNAVAILABLE',
      text: both,
      details: { subgraph: 'shelves', reason: 'TOO_SLOW' },
    });
    await eventually(() => subgraphs.shelves.calls.aborted === 1);
  });

  it('ends an operation at its time limit: running calls are aborted, later ones are not begun', async () => {
    const gateway = await gatewayBefore({}, { LIMIT_OPERATION_TIME_MS: '2000' });

    // Time enough for a busy machine to answer the other call. The book would be waited for without end: that there is an
    // answer, and its reason, say which limit ended it.
    const { body } = await gateway.ask('{ waitingBook { id author { name } } shelves(count: 1) { label } }');

    expect(body.data).toEqual({ waitingBook: null, shelves: [{ label: 'label s0' }] });
    expect(body.errors).toHaveLength(1);
    expect(body.errors?.[0]?.extensions).toMatchObject({
      code: 'UNAVAILABLE',
      text: { zh: expect.stringContaining('时限'), en: expect.stringContaining('out of time') },
      details: { subgraph: 'books', reason: 'OPERATION_TIME_LIMIT' },
    });
    await eventually(() => subgraphs.books.calls.aborted === 1);
    expect(subgraphs.authors.calls.graphql).toBe(0);
  });

  it.each([
    ['an error page of a proxy', 502, '<html>bad gateway</html>', { reason: 'BAD_ANSWER', httpStatus: 502 }],
    ['JSON that is no GraphQL answer', 200, '{"code":"NOT_FOUND"}', { reason: 'BAD_ANSWER', httpStatus: 200 }],
    ['half an answer', 200, '{"data":{"libr', { reason: 'BAD_ANSWER', httpStatus: 200 }],
    [
      'a refusal of the identity, which is no fault of the caller',
      401,
      '{"errors":[{"message":"x","extensions":{"code":"UNAUTHENTICATED"}}]}',
      { reason: 'IDENTITY_REFUSED', httpStatus: 401 },
    ],
  ])('answers UNAVAILABLE to %s', async (_what, status, content, details) => {
    const faulty = await stub((request, response) => {
      request.resume();
      response.writeHead(status).end(content);
    });
    const gateway = await gatewayBefore({ books: faulty.url });

    const { body } = await gateway.ask('{ librarian authorCount }');

    expect(body.data).toEqual({ librarian: null, authorCount: 1 });
    expect(body.errors).toHaveLength(1);
    expect(body.errors?.[0]?.extensions).toMatchObject({
      code: 'UNAVAILABLE',
      details: { subgraph: 'books', ...details },
    });
    expect(JSON.stringify(body)).not.toContain('html');
  });

  it('masks and logs once an answer that only a newer or older schema explains', async () => {
    const content = JSON.stringify({
      errors: [{ message: 'Cannot query field "librarian"', extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }],
    });
    const skewed = await stub((request, response) => {
      request.resume();
      response.writeHead(400).end(content);
    });
    const gateway = await gatewayBefore({ books: skewed.url });

    const { body } = await gateway.ask('{ librarian }');

    expect(body.errors?.[0]?.extensions['code']).toBe('INTERNAL_SERVER_ERROR');
    expect(JSON.stringify(body)).not.toContain('Cannot query');
    const failures = gateway.lines.filter((line) => line['msg'] === 'graphql request failed');
    expect(failures).toHaveLength(1);
    expect(JSON.stringify(failures[0])).toContain('Cannot query');
  });

  it('does not start without the address of a subgraph, and names all that are missing', () => {
    const config = gatewayConfig({ shelves: subgraphs.shelves.url });

    expect(() => createApp(config, { supergraphSdl: sampleSupergraph(), operations: new Map() })).toThrow(
      'SUBGRAPH_URLS has no address for: authors, books',
    );
  });

  it('does not start with a schema that was not composed', () => {
    expect(() => createApp(gatewayConfig(subgraphs.urls), { supergraphSdl: 'type Query { a: Int }', operations: new Map() })).toThrow(
      'names no subgraph',
    );
  });

  it.each(['books', 'books=', 'books=ftp://x', '=http://x', 'Books=http://x'])('refuses SUBGRAPH_URLS %s', (urls) => {
    expect(() => gatewayConfig({}, { SUBGRAPH_URLS: urls })).toThrow('SUBGRAPH_URLS');
  });
});
