import { createHash } from 'node:crypto';
import { createClient, OperationRefused, type Operation } from '@daikaifa/client';
import { startGateway, startSubgraphs, tokenOf } from './harness';

const DOCUMENT = 'query Shelves($n: Int!) { shelves(count: $n) { label } }';
const ID = `sha256:${createHash('sha256').update(DOCUMENT).digest('hex')}`;
const known: Operation<{ shelves: { label: string }[] }, { n: number }> = Object.assign(new String(DOCUMENT), {
  __meta__: { hash: ID },
});

describe('a gateway in allow-list mode', () => {
  let subgraphs: Awaited<ReturnType<typeof startSubgraphs>>;
  let gateway: Awaited<ReturnType<typeof startGateway>>;

  beforeAll(async () => {
    subgraphs = await startSubgraphs();
    gateway = await startGateway(subgraphs.urls, { OPERATIONS_MODE: 'allow-list' }, new Map([[ID, DOCUMENT]]));
  });
  afterAll(async () => {
    await gateway.app.stop();
    await subgraphs.stop();
  });

  it('answers the typed client, which sends ids', async () => {
    const client = createClient({ url: gateway.app.url, token: () => tokenOf() });
    expect(await client.ask(known, { n: 2 })).toEqual({ shelves: [{ label: 'label s0' }, { label: 'label s1' }] });
  });

  it('refuses every other document before a subgraph is asked, in both languages', async () => {
    const before = subgraphs.count();
    const { status, body } = await gateway.ask('{ librarian }');

    expect(status).toBe(403);
    expect(body.errors?.[0]?.extensions).toMatchObject({
      code: 'FORBIDDEN',
      text: { zh: expect.stringContaining('已登记'), en: expect.stringContaining('persisted') },
      details: { reason: 'NOT_ALLOWED' },
    });
    expect(subgraphs.count()).toBe(before);
  });

  it('says that an id is not known', async () => {
    const { status, body } = await gateway.post(JSON.stringify({ documentId: 'sha256:none' }));
    expect(status).toBe(400);
    expect(body.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', details: { reason: 'UNKNOWN_DOCUMENT' } });
  });

  it('keeps its limits for persisted operations', async () => {
    const client = createClient({ url: gateway.app.url, token: await tokenOf() });
    const refused = client.ask(known, { n: 'many' } as never);
    await expect(refused).rejects.toBeInstanceOf(OperationRefused);
    await expect(refused).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
  });

  it('asks for the token first', async () => {
    const { status } = await gateway.post(JSON.stringify({ documentId: ID, variables: { n: 1 } }), { authorization: '' });
    expect(status).toBe(401);
  });
});
