import { createPublisher } from '@daikaifa/harness';
import { createJobQueues } from '@daikaifa/jobs';
import { REPEAT_DECISIONS, type App } from '@daikaifa/service';
import { eventually, manualClock, silentLogger, uniqueName } from '@daikaifa/testing';
import { contentEventId } from '@daikaifa/wecom-protocol';
import { corpKeyOf } from '../src/domain/corp';
import { appEndpointIdOf } from '../src/domain/endpoint';
import { jobCatalog } from '../src/jobs/catalog';
import {
  corpAppIdOf,
  createSteps,
  openDatabase,
  ownConfig,
  revision,
  startApp,
  watchTopics,
  type CorpOf,
  type OpenEndpoint,
  type Steps,
} from './harness';
import { push, textXml, ticketXml, verifyUrl, type ConsoleKeys } from './wecom';

const HOUR_MS = 3_600_000;
const config = ownConfig();
const clock = manualClock(new Date());
let app: App;
let others: Awaited<ReturnType<typeof createPublisher>>;
let watched: Awaited<ReturnType<typeof watchTopics>>;
let steps: Steps;
let endpoint: OpenEndpoint;

beforeAll(async () => {
  app = await startApp(config, { clock });
  others = await createPublisher(config);
  watched = await watchTopics(config);
  steps = createSteps(app, others);
  endpoint = await steps.openEndpoint();
  // Not by trying until an event passes: the clock stands still, and those of one moment would fill the first page of receipts.
  await projected('publisher', endpoint.tenant.id, 1);
  await projected('suite', endpoint.templateId, 1);
});
afterAll(async () => {
  await watched.stop();
  await others.stop();
  await app.stop();
});

const secOf = (date: Date): number => Math.floor(date.getTime() / 1_000);

interface Sender {
  readonly id: string;
  readonly url: string;
  readonly keys: ConsoleKeys;
}

/** @returns the event's id */
const say = async (corp: CorpOf, createTimeSec = secOf(clock.now()), to: Sender = endpoint): Promise<string> => {
  const xml = textXml(corp.corpId, uniqueName('text'), { createTimeSec });
  expect(await push(to.url, to.keys, corp.corpId, xml)).toMatchObject({ status: 200, body: '' });
  return contentEventId(to.id, xml);
};

const published = (corp: CorpOf): readonly string[] => [
  ...new Set(watched.appSignalsOf(corp.endpoint.suiteId, corp.corpId).map(({ id }) => id)),
];

const receiptOf = async (id: string, of: { id: string } = endpoint) =>
  (await steps.find(endpoint.tenant.admin, of.id))?.receipts.nodes.find((receipt) => receipt.id === id);

const inDatabase = async <T>(look: (collections: Awaited<ReturnType<typeof openDatabase>>['connection']) => Promise<T>): Promise<T> => {
  const database = await openDatabase(config);
  try {
    return await look(database.connection);
  } finally {
    await database.close();
  }
};

/** The consumer has dealt with the state of that sequence. */
const projected = (name: string, id: string, sequence: number) =>
  eventually(() =>
    inDatabase(async (connection) => {
      const projection = await connection.collection<{ _id: string; sequence: number }>(`projection.${name}`).findOne({ _id: id });
      return projection !== null && projection.sequence >= sequence;
    }),
  );

const authorize = async (...[corp, sequence = 1, epochs]: Parameters<Steps['authorize']>): Promise<void> => {
  await steps.authorize(corp, sequence, epochs);
  await projected('authorization', corp.authorizationId, sequence);
};

const runJob = async (name: 'settle-parked' | 'repeat-decisions'): Promise<void> => {
  const queues = createJobQueues({
    redisUrl: config.redis.cacheUrl,
    prefix: config.redis.prefix,
    service: 'callback',
    catalog: { ...jobCatalog, 'repeat-decisions': REPEAT_DECISIONS },
    logger: silentLogger(),
  });
  await queues.enqueue(name, {});
  await queues.close();
};

describe('messages of a corp that nobody knows yet', () => {
  it('wait, and are published in order when its authorization is known, before what comes later', async () => {
    const corp = steps.newCorp(endpoint);
    const ids = [await say(corp), await say(corp), await say(corp)];
    await eventually(async () => (await receiptOf(ids[2]!))?.state === 'PARKED');
    expect(published(corp)).toEqual([]);

    await authorize(corp);
    ids.push(await say(corp));
    await eventually(() => published(corp).length === 4);
    expect(published(corp)).toEqual(ids);
    const matched = watched.appSignalsOf(endpoint.suiteId, corp.corpId).map(({ data }) => data.receiveIdMatched);
    expect([matched.at(0), matched.at(-1)]).toEqual(['PARKED', 'CORP_ID']);
    await eventually(async () => (await receiptOf(ids[0]!))?.state === 'PUBLISHED');
  });

  it('go on by the sweep when the release was lost', async () => {
    const corp = steps.newCorp(endpoint);
    const id = await say(corp);
    // As a consumer that died between its two steps.
    await inDatabase((connection) =>
      connection.collection<{ _id: string; [field: string]: unknown }>('corps').insertOne({
        _id: corpKeyOf(endpoint.suiteId, corp.corpId),
        tenant: endpoint.tenant.id,
        templateId: endpoint.templateId,
        authorizationId: corp.authorizationId,
        epoch: 1,
        active: true,
        cancelledAt: null,
      }),
    );
    await runJob('settle-parked');
    await eventually(() => published(corp).includes(id), { timeoutMs: 40_000 });
  });

  it('never go to the same corp of another template', async () => {
    const corp = steps.newCorp(endpoint);
    const id = await say(corp);
    const other = await steps.openEndpoint();
    await authorize({ ...corp, authorizationId: uniqueName('z'), endpoint: { ...other, suiteId: endpoint.suiteId } });
    const later = await say(corp);
    await runJob('settle-parked');
    // Released and moved like what was released before it.
    const marker = steps.newCorp(endpoint);
    const markerId = await say(marker);
    await authorize(marker);
    await eventually(() => published(marker).includes(markerId));
    expect(published(corp)).toEqual([]);
    const waiting = await inDatabase((connection) =>
      connection.collection<{ _id: string }>('backlog').find({ _id: { $in: [id, later] }, state: 'PARKED' }).toArray(),
    );
    expect(waiting).toHaveLength(2);
    await eventually(async () => (await receiptOf(later))?.state === 'PARKED');
    expect(await receiptOf(id)).toMatchObject({ state: 'PARKED' });
  });

  it('expire after 24 hours: visible as such, their content gone, never published', async () => {
    const corp = steps.newCorp(endpoint);
    const id = await say(corp);
    await eventually(async () => (await receiptOf(id))?.state === 'PARKED');
    clock.advance(24 * HOUR_MS + 1);
    await runJob('settle-parked');
    await eventually(async () => (await receiptOf(id))?.state === 'EXPIRED', { timeoutMs: 40_000 });
    await authorize(corp);
    const later = await say(corp);
    await eventually(() => published(corp).includes(later));
    expect(published(corp)).toEqual([later]);
  });
});

describe('after a cancellation', () => {
  it('what was sent before is dropped, what comes later waits for the next authorization', async () => {
    const corp = steps.newCorp(endpoint);
    await authorize(corp);
    const before = await say(corp);
    await eventually(() => published(corp).includes(before));

    const cancelledAt = clock.now();
    await authorize(corp, 2, [{ epoch: 1, cancelledAt }]);
    const late = await say(corp, secOf(cancelledAt));
    clock.advance(2_000);
    const next = await say(corp, secOf(cancelledAt) + 1);
    await eventually(async () => (await receiptOf(next))?.state === 'PARKED');

    await authorize(corp, 3, [{ epoch: 1, cancelledAt }, { epoch: 2 }]);
    await eventually(() => published(corp).includes(next));
    // A late one of the first epoch must not pass for one of the second either.
    const straggler = await say(corp, secOf(cancelledAt) - 5);
    const last = await say(corp);
    await eventually(() => published(corp).includes(last));
    expect(published(corp)).toEqual([before, next, last]);
    await eventually(async () => (await receiptOf(last)) !== undefined);
    expect(await receiptOf(late)).toBeUndefined();
    expect(await receiptOf(straggler)).toBeUndefined();
  });

  it('the corp is erased: waiting events, receipts, refusals of its endpoint; the tombstone counts and names nobody', async () => {
    const corp = steps.newCorp(endpoint);
    const stays = steps.newCorp(endpoint);
    const parked = [await say(corp), await say(corp)];
    await authorize(corp);
    await authorize(stays);
    const own = await steps.openAppEndpoint(corp);
    await eventually(async () => (await verifyUrl(own.url, own.keys, endpoint.tenant.corpId)).status === 200);
    const viaOwn = await say(corp, secOf(clock.now()), own);
    const staying = await say(stays);
    expect((await push(own.url, own.keys, 'wpForeign', textXml('wpForeign', 'x'))).status).toBe(400);
    await eventually(() => [...parked, viaOwn].every((id) => published(corp).includes(id)));
    // What went by the database is out of it only when its receipt says so.
    for (const id of [...parked, staying]) {
      await eventually(async () => (await receiptOf(id))?.state === 'PUBLISHED');
    }
    await eventually(async () => (await receiptOf(viaOwn, own))?.state === 'PUBLISHED');
    await steps.findWhen(endpoint.tenant.admin, own.id, ({ refusals, receipts }) => refusals.nodes.length === 1 && receipts.nodes.length === 1);
    // As if Kafka had been away: a stored one of the corp, which must not go on.
    const corpKey = corpKeyOf(endpoint.suiteId, corp.corpId);
    await inDatabase((connection) =>
      connection.collection<{ _id: string; [field: string]: unknown }>('backlog').insertOne({
        _id: uniqueName('held'),
        tenant: endpoint.tenant.id,
        endpointId: endpoint.id,
        templateId: endpoint.templateId,
        key: corpKey,
        suiteId: endpoint.suiteId,
        corpKey,
        state: 'HELD',
        occurredAt: clock.now(),
      }),
    );

    clock.advance(1_000);
    const cancelledAt = clock.now();
    await authorize(corp, 2, [{ epoch: 1, cancelledAt }]);
    await authorize(corp, 3, [{ epoch: 1, cancelledAt }]);
    await steps.configure(corp, 2, { status: 'CANCELLED', workingRevision: null, corpId: '', erased: true });
    await projected('corp-app', corpAppIdOf(corp), 2);

    const [first, ...more] = await eventually(() => {
      const seen = watched.erasuresOf(corp.authorizationId);
      return seen.length > 0 ? seen : null;
    });
    expect(first).toMatchObject({
      service: 'callback',
      suiteId: endpoint.suiteId,
      epoch: 1,
      counts: { 'waiting-event': 1, receipt: 3, refusal: 1 },
    });
    expect(more).toEqual([]);
    expect(await receiptOf(viaOwn, own)).toBeUndefined();
    expect(await receiptOf(staying)).toMatchObject({ state: 'PUBLISHED' });
    // The corp's id is nowhere in the database, in any form in which it could be stored.
    const contents = await inDatabase(async (connection) =>
      JSON.stringify(
        await Promise.all(
          (await connection.listCollections()).map(async ({ name }) => [name, await connection.collection(name).find({}).toArray()]),
        ),
      ),
    );
    expect(contents).toContain(corpKey);
    expect(contents.includes(corp.corpId)).toBe(false);
  });

  it('a repetition finds what a late writer left, and adds it up', async () => {
    const corp = steps.newCorp(endpoint);
    await authorize(corp);
    const said = await say(corp);
    await eventually(async () => (await receiptOf(said))?.state === 'PUBLISHED');
    const cancelledAt = clock.now();
    await authorize(corp, 2, [{ epoch: 1, cancelledAt }]);
    await eventually(() => watched.erasuresOf(corp.authorizationId).length === 1);
    expect(watched.erasuresOf(corp.authorizationId)[0]?.counts).toEqual({ 'waiting-event': 0, receipt: 1, refusal: 0, delivery: 0 });
    await inDatabase((connection) =>
      connection.collection<{ _id: string; [field: string]: unknown }>('receipts').insertOne({
        _id: uniqueName('late'),
        tenant: endpoint.tenant.id,
        endpointId: endpoint.id,
        corpKey: corpKeyOf(endpoint.suiteId, corp.corpId),
        occurredAt: new Date(cancelledAt.getTime() - 1_000),
        at: cancelledAt,
      }),
    );
    await runJob('repeat-decisions');
    await eventually(() => watched.erasuresOf(corp.authorizationId).at(-1)?.counts['receipt'] === 2, { timeoutMs: 40_000 });
  });

  it('its own endpoint closes; what WeCom still sends within the grace time is answered, then no more', async () => {
    const corp = steps.newCorp(endpoint);
    await authorize(corp);
    const own = await steps.openAppEndpoint(corp);
    await say(corp, secOf(clock.now()), own);
    const cancelledAt = clock.now();
    await authorize(corp, 2, [{ epoch: 1, cancelledAt }]);
    await steps.configure(corp, 2, { status: 'CANCELLED', workingRevision: revision('DRAFT', 'OWN') });
    await eventually(() => watched.endpointsOf(own.id).some(({ state }) => state.closed));

    const late = await say(corp, secOf(cancelledAt), own);
    const marker = ticketXml(endpoint.suiteId, uniqueName('marker'));
    await push(endpoint.url, endpoint.keys, endpoint.suiteId, marker);
    await eventually(async () => (await receiptOf(contentEventId(endpoint.id, marker))) !== undefined);
    expect(await receiptOf(late, own)).toBeUndefined();
    expect((await verifyUrl(own.url, own.keys, endpoint.tenant.corpId)).status).toBe(404);
    clock.advance(24 * HOUR_MS + 1);
    const xml = textXml(corp.corpId, uniqueName('text'), { createTimeSec: secOf(cancelledAt) });
    expect((await push(own.url, own.keys, corp.corpId, xml)).status).toBe(404);
    await runJob('repeat-decisions');
    await eventually(
      () =>
        inDatabase(async (connection) => {
          const stored = await connection.collection<{ _id: string; previous: unknown }>('endpoints').findOne({ _id: own.id });
          return stored?.previous === null;
        }),
      { timeoutMs: 40_000 },
    );
    expect(own.id).toBe(appEndpointIdOf(corpAppIdOf(corp)));
  });
});
