import { operationFromDocument, Supergraph } from '@apollo/federation-internals';
import { QueryPlanner, type PlanNode } from '@apollo/query-planner';
import { parse } from 'graphql';
import { eventually, manualClock } from '@daikaifa/testing';
import { startGateway, startSubgraphs, tokenOf } from './harness';
import { sampleSupergraph } from './sample-subgraphs';

const both = { zh: expect.stringMatching(/[\u4e00-\u9fff]/), en: expect.stringMatching(/[a-z]/) };

describe('the gateway', () => {
  let subgraphs: Awaited<ReturnType<typeof startSubgraphs>>;
  let gateway: Awaited<ReturnType<typeof startGateway>>;

  beforeAll(async () => {
    delete process.env['APOLLO_TELEMETRY_DISABLED'];
    subgraphs = await startSubgraphs();
    gateway = await startGateway(subgraphs.urls, {
      LIMIT_DEPTH: '9',
      LIMIT_COST: '9000',
      LIMIT_ALIASES: '3',
      LIMIT_TOKENS: '300',
      LIMIT_BODY_BYTES: '20000',
      SUBGRAPH_MAX_RESPONSE_BYTES: '1000000',
    });
  });
  afterAll(async () => {
    await gateway.app.stop();
    await subgraphs.stop();
  });

  describe('identity', () => {
    it('verifies the token once and hands the signed identity, correlation id and trace to the subgraphs', async () => {
      const traceId = '0af7651916cd43dd8448eb211c80319c';

      const { body, headers } = await gateway.ask(
        '{ caller { subject roles publisherIds correlationId traceparent } }',
        {},
        { 'x-correlation-id': 'c-77', traceparent: `00-${traceId}-b7ad6b7169203331-01` },
      );

      expect(body.data?.['caller']).toEqual({
        subject: 'user-1',
        roles: ['VIEWER', 'OPERATOR'],
        publisherIds: ['pub-1', 'pub-2'],
        correlationId: 'c-77',
        traceparent: expect.stringContaining(traceId),
      });
      expect(headers.get('x-correlation-id')).toBe('c-77');
    });

    it.each([
      ['no token', async () => ({ authorization: '' })],
      ['another scheme', async () => ({ authorization: 'Basic dXNlcjpwYXNz' })],
      ['no JWT', async () => ({ authorization: 'Bearer nonsense' })],
      [
        'a token of another secret',
        async () => ({ authorization: `Bearer ${await tokenOf({ secret: 'another-development-secret-0123456789' })}` }),
      ],
      ['a token for another audience', async () => ({ authorization: `Bearer ${await tokenOf({ audience: 'other' })}` })],
      [
        'an expired token',
        async () => ({
          authorization: `Bearer ${await tokenOf({ clock: manualClock(new Date('2020-01-01T00:00:00Z')) })}`,
        }),
      ],
    ])('answers 401 UNAUTHENTICATED to %s, and asks no subgraph', async (_kind, headers) => {
      const before = subgraphs.count();

      const { status, body } = await gateway.ask('{ caller { subject } }', {}, await headers());

      expect(status).toBe(401);
      expect(body).toEqual({
        errors: [
          expect.objectContaining({
            extensions: expect.objectContaining({ code: 'UNAUTHENTICATED', text: both, correlationId: expect.any(String) }),
          }),
        ],
      });
      expect(subgraphs.count()).toBe(before);
    });

    it('does not let a caller bring an identity of its own', async () => {
      const { body } = await gateway.ask('{ caller { subject } }', {}, { 'x-daikaifa-identity': 'forged' });

      expect(body.data?.['caller']).toEqual({ subject: 'user-1' });
    });
  });

  describe('limits', () => {
    const shelfOfBooks = (page: string, inner: string) => `books(first: ${page}) { nodes { author { shelf { ${inner} } } } }`;
    const deep = `{ shelves(count: 1) { ${shelfOfBooks('1', shelfOfBooks('1', 'id'))} } }`;
    const costly = `query($n: Int) { shelves(count: 1) { ${shelfOfBooks('$n', 'books(first: 100) { nodes { id } }')} } }`;

    it.each([
      ['depth', deep, {}, { code: 'DEPTH_LIMIT', limit: '9', given: '10' }],
      ['cost', costly, { n: 100 }, { code: 'COST_LIMIT', limit: '9000' }],
      [
        'aliases',
        '{ a: librarian b: librarian c: librarian d: librarian }',
        {},
        { code: 'ALIAS_LIMIT', limit: '3', given: '4' },
      ],
    ])('refuses an operation above the limit of %s, in both languages', async (_kind, query, variables, broken) => {
      const before = subgraphs.count();

      const { status, body } = await gateway.ask(query, variables);

      expect(status).toBe(400);
      expect(body.errors).toHaveLength(1);
      expect(body.errors?.[0]?.extensions).toMatchObject({
        code: 'BAD_USER_INPUT',
        text: both,
        violations: [{ field: 'query', severity: 'ERROR', text: both, ...broken }],
      });
      expect(body).not.toHaveProperty('data');
      expect(subgraphs.count()).toBe(before);
    });

    it('weighs lists by the variable that is sent: the same document passes with a small page', async () => {
      const { body } = await gateway.ask(costly, { n: 1 });

      expect(body.errors).toBeUndefined();
    });

    it('reports every limit that is broken at once', async () => {
      const { body } = await gateway.ask(
        deep.replace('{ id }', '{ a: id b: id c: id d: id }').replaceAll('first: 1)', 'first: 100)'),
      );

      const violations = body.errors?.[0]?.extensions['violations'] as Array<{ code: string }>;
      expect(violations.map(({ code }) => code)).toEqual(['DEPTH_LIMIT', 'COST_LIMIT', 'ALIAS_LIMIT']);
    });

    it('refuses a document of too many tokens before it is validated', async () => {
      const { status, body } = await gateway.ask(`{ ${'librarian '.repeat(301)} }`);

      expect(status).toBe(400);
      expect(body.errors?.[0]?.extensions).toMatchObject({ code: 'GRAPHQL_PARSE_FAILED', text: both });
    });

    it('refuses a body above the limit with 413', async () => {
      const { status, body } = await gateway.ask(`{ librarian } # ${'x'.repeat(20_000)}`);

      expect(status).toBe(413);
      expect(body.errors?.[0]?.extensions).toMatchObject({
        code: 'BAD_USER_INPUT',
        text: both,
        details: { reason: 'BODY_TOO_LARGE' },
      });
    });

    it('refuses an answer of a subgraph above the limit and keeps the rest', async () => {
      const { body } = await gateway.ask('{ librarian big(bytes: 2000000) }');

      expect(body.data).toEqual({ librarian: 'L', big: null });
      expect(body.errors?.[0]?.extensions).toMatchObject({
        code: 'UNAVAILABLE',
        text: both,
        details: { subgraph: 'shelves', reason: 'TOO_LARGE' },
      });
    });
  });

  describe('errors', () => {
    it('passes on code, texts, violations and details that a subgraph decided', async () => {
      const { status, body } = await gateway.ask('{ refused librarian }', {}, { 'x-correlation-id': 'c-78' });

      expect(status).toBe(200);
      expect(body.data).toEqual({ refused: null, librarian: 'L' });
      expect(body.errors).toEqual([
        {
          message: 'wrong state',
          path: ['refused'],
          extensions: {
            code: 'INVALID_STATE',
            text: { zh: '状态不符', en: 'wrong state' },
            violations: [
              { field: 'status', code: 'STATE', severity: 'ERROR', text: { zh: '须为草稿', en: 'must be a draft' } },
            ],
            details: { status: 'ONLINE' },
            correlationId: 'c-78',
          },
        },
      ]);
    });

    it('masks what a subgraph did not decide', async () => {
      const { body } = await gateway.ask('{ failing }', {}, { 'x-correlation-id': 'c-79' });

      expect(body.errors?.[0]?.extensions).toMatchObject({ code: 'INTERNAL_SERVER_ERROR', correlationId: 'c-79', text: both });
      expect(JSON.stringify(body)).not.toContain('10.0.0.1');
    });

    it('names a bad variable as bad input', async () => {
      const { body } = await gateway.ask('query($n: Int!) { shelves(count: $n) { id } }', { n: 'many' });

      expect(body.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', text: both });
    });
  });

  describe('doors', () => {
    it.each(['GET', 'PUT', 'DELETE'])('answers 405 to %s', async (method) => {
      const response = await fetch(`${gateway.app.url}/graphql?query={librarian}`, { method });

      expect(response.status).toBe(405);
      expect(response.headers.get('allow')).toBe('POST');
      expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT', text: both } }] });
    });

    it('refuses batches', async () => {
      const one = { query: '{ librarian }' };

      const { status, body } = await gateway.post(JSON.stringify([one, one]));

      expect(status).toBe(400);
      expect(body.errors?.[0]?.extensions['code']).toBe('BAD_REQUEST');
    });

    const simpleTypes = ['text/plain', 'application/x-www-form-urlencoded'];
    it.each(simpleTypes)('refuses %s, which a page of another site may send', async (type) => {
      const { status } = await gateway.post('{"query":"{ librarian }"}', { 'content-type': type });

      expect(status).toBeGreaterThanOrEqual(400);
    });

    it('hides the schema unless the setting shows it', async () => {
      const query = '{ __schema { queryType { name } } }';
      expect((await gateway.ask(query)).body.errors?.[0]?.extensions['code']).toBe('GRAPHQL_VALIDATION_FAILED');
      expect(JSON.stringify((await gateway.ask('{ librariam }')).body)).not.toContain('librarian');

      const open = await startGateway(subgraphs.urls, { GRAPHQL_INTROSPECTION: 'true' });
      expect((await open.ask(query)).body.data).toEqual({ __schema: { queryType: { name: 'Query' } } });
      await open.app.stop();
    });

    it('is live and ready without a token, and shows its metrics', async () => {
      expect((await fetch(`${gateway.app.url}/health/live`)).status).toBe(200);
      // A busy machine may miss the time limit of a check.
      await eventually(async () => {
        expect(await (await fetch(`${gateway.app.url}/health/ready`)).json()).toEqual({ status: 'ready', missing: [] });
        return true;
      });
      const metrics = await (await fetch(`${gateway.app.url}/metrics`)).text();
      expect(metrics).toMatch(/graphql_requests_total\{[^}]*code="INVALID_STATE"/);
      expect(metrics).toMatch(/gateway_subgraph_request_duration_seconds_count\{[^}]*subgraph="books"/);
    });

    it('reports to no vendor', () => {
      expect(process.env['APOLLO_TELEMETRY_DISABLED']).toBe('true');
    });
  });

  describe('calls to subgraphs', () => {
    const query = `query($n: Int!) {
      shelves(count: $n) { label books(first: 1) { nodes { title author { name } } } }
      librarian
    }`;

    const fetchesOf = (node: PlanNode | undefined): number => {
      switch (node?.kind) {
        case 'Fetch':
          return 1;
        case 'Sequence':
        case 'Parallel':
          return node.nodes.reduce((sum, one) => sum + fetchesOf(one), 0);
        case 'Flatten':
          return fetchesOf(node.node);
        default:
          return 0;
      }
    };

    const planned = (): number => {
      const supergraph = Supergraph.build(sampleSupergraph());
      const operation = operationFromDocument(supergraph.apiSchema(), parse(query));
      const plan = new QueryPlanner(supergraph).buildQueryPlan(operation);
      return fetchesOf(plan.node as PlanNode | undefined);
    };

    it.each([1, 400])('are as many as the plan has fetches, and one batch each, for %i entities', async (entities) => {
      const before = subgraphs.count();
      subgraphs.books.calls.batches.length = 0;
      subgraphs.authors.calls.batches.length = 0;

      const { body } = await gateway.ask(query, { n: entities });

      expect(body.errors).toBeUndefined();
      const shelves = body.data?.['shelves'] as Array<{ books: { nodes: unknown[] } }>;
      expect(shelves).toHaveLength(entities);
      expect(shelves.at(-1)?.books.nodes).toEqual([
        { title: `title s${entities - 1}-b0`, author: { name: `author of s${entities - 1}-b0` } },
      ]);
      expect(planned()).toBe(4);
      expect(subgraphs.count() - before).toBe(planned());
      expect(subgraphs.books.calls.batches.map((ids) => ids.length)).toEqual([entities]);
      expect(subgraphs.authors.calls.batches.map((ids) => ids.length)).toEqual([entities]);
    });

    it('sends mutations once', async () => {
      const before = subgraphs.shelves.calls.graphql;

      const { body } = await gateway.ask('mutation { rename(input: { id: "s1", label: "x" }) { shelf { id label } } }');

      expect(body.data).toEqual({ rename: { shelf: { id: 's1', label: 'label s1' } } });
      expect(subgraphs.shelves.calls.graphql - before).toBe(1);
    });
  });
});
