import { suiteTopic } from '@daikaifa/contracts';
import { createJobQueues } from '@daikaifa/jobs';
import { eventually, manualClock, silentLogger, uniqueName } from '@daikaifa/testing';
import { contentEventId } from '@daikaifa/wecom-protocol';
import type { App } from '@daikaifa/service';
import { jobCatalog } from '../src/jobs/catalog';
import { createPublisher } from '@daikaifa/harness';
import {
  createSteps,
  openDatabase,
  ownConfig,
  startApp,
  suiteState,
  watchTopics,
  type OpenEndpoint,
  type Steps,
} from './harness';
import { createAuthXml, push, ticketXml } from './wecom';

const HOUR_MS = 3_600_000;
const config = ownConfig();
const clock = manualClock(new Date());
let app: App;
let others: Awaited<ReturnType<typeof createPublisher>>;
let watched: Awaited<ReturnType<typeof watchTopics>>;
let steps: Steps;

beforeAll(async () => {
  app = await startApp(config, { clock });
  others = await createPublisher(config);
  watched = await watchTopics(config);
  steps = createSteps(app, others);
});
afterAll(async () => {
  await watched.stop();
  await others.stop();
  await app.stop();
});

const runJob = async (name: 'settle-parked'): Promise<void> => {
  const queues = createJobQueues({
    redisUrl: config.redis.cacheUrl,
    prefix: config.redis.prefix,
    service: 'callback',
    catalog: jobCatalog,
    logger: silentLogger(),
  });
  await queues.enqueue(name, {});
  await queues.close();
};

const stateOf = async (endpoint: OpenEndpoint, id: string): Promise<string | undefined> =>
  (await steps.find(endpoint.tenant.admin, endpoint.id))?.receipts.nodes.find((receipt) => receipt.id === id)?.state;

const park = async (endpoint: OpenEndpoint, count: number): Promise<string[]> => {
  const ids: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const xml = ticketXml(endpoint.suiteId, uniqueName(`ticket${index}`));
    expect((await push(endpoint.url, endpoint.keys, endpoint.suiteId, xml)).body).toBe('success');
    ids.push(contentEventId(endpoint.id, xml));
  }
  return ids;
};

describe('events of a suite that is not recorded', () => {
  it('wait, and are published in order when it is, before what came later', async () => {
    const endpoint = await steps.openEndpoint({ suiteRecorded: false });
    const ids = await park(endpoint, 5);
    await eventually(async () => (await stateOf(endpoint, ids[4]!)) === 'PARKED');
    expect(watched.signalsOf(endpoint.suiteId)).toHaveLength(0);

    await steps.recordSuite(endpoint, endpoint.suiteId);
    const later = createAuthXml(endpoint.suiteId, uniqueName('code'));
    await eventually(async () => {
      const known = await openDatabase(config);
      const suite = await known.connection.collection<{ _id: string }>('suites').findOne({ _id: endpoint.templateId });
      await known.close();
      return suite !== null;
    });
    expect((await push(endpoint.url, endpoint.keys, endpoint.suiteId, later)).body).toBe('success');
    ids.push(contentEventId(endpoint.id, later));

    const events = await eventually(() => {
      const found = watched.signalsOf(endpoint.suiteId);
      return new Set(found.map(({ id }) => id)).size === 6 ? found : null;
    });
    expect([...new Set(events.map(({ id }) => id))]).toEqual(ids);
    expect(events[0]).toMatchObject({ type: 'wecom.suite.suite_ticket', data: { receiveIdMatched: 'PARKED' } });
    expect(events.find(({ id }) => id === ids[5])).toMatchObject({ data: { receiveIdMatched: 'SUITE_ID' } });
    await eventually(async () => (await stateOf(endpoint, ids[0]!)) === 'PUBLISHED');
  });

  it('go on by the sweep when the release was lost', async () => {
    const endpoint = await steps.openEndpoint({ suiteRecorded: false });
    const [id] = await park(endpoint, 1);
    // As a consumer that died between its two steps.
    const database = await openDatabase(config);
    await database.connection
      .collection<{ _id: string; tenant: string; suiteId: string }>('suites')
      .insertOne({ _id: endpoint.templateId, tenant: endpoint.tenant.id, suiteId: endpoint.suiteId });
    await database.close();
    await runJob('settle-parked');
    await eventually(() => watched.signalsOf(endpoint.suiteId).some((event) => event.id === id), { timeoutMs: 40_000 });
  });

  it('wait for a suite id that is mended later, and never go to the suite of another endpoint', async () => {
    const endpoint = await steps.openEndpoint({ suiteRecorded: false });
    const stranger = await steps.openEndpoint({ suiteRecorded: false });
    await steps.recordSuite(endpoint, `${endpoint.suiteId}typo`);
    const [id] = await park(endpoint, 1);
    const [theirs] = await park({ ...stranger, suiteId: endpoint.suiteId }, 1);
    // Another tenant's template gets the same id: nothing of the first one may go there, which would go before theirs.
    await others.state(suiteTopic, 1, suiteState(stranger.templateId, stranger.tenant.id, endpoint.suiteId));
    const released = await eventually(() => watched.signalsOf(endpoint.suiteId).find((event) => event.id === theirs));
    expect(released.tenant).toBe(stranger.tenant.id);
    expect(watched.signalsOf(endpoint.suiteId).some((event) => event.id === id)).toBe(false);

    await steps.recordSuite(endpoint, endpoint.suiteId, 2);
    const event = await eventually(() => watched.signalsOf(endpoint.suiteId).find((one) => one.id === id));
    expect(event.tenant).toBe(endpoint.tenant.id);
  });

  it('expire after 24 hours: visible as such, their content gone, never published', async () => {
    const endpoint = await steps.openEndpoint({ suiteRecorded: false });
    const [id] = await park(endpoint, 1);
    await eventually(async () => (await stateOf(endpoint, id!)) === 'PARKED');
    clock.advance(24 * HOUR_MS + 1);
    await runJob('settle-parked');
    await eventually(async () => (await stateOf(endpoint, id!)) === 'EXPIRED', { timeoutMs: 40_000 });

    const database = await openDatabase(config);
    await eventually(async () => (await database.connection.collection('backlog').countDocuments({ endpointId: endpoint.id })) === 0);
    await database.close();
    await steps.recordSuite(endpoint, endpoint.suiteId);
    await eventually(async () => {
      await push(endpoint.url, endpoint.keys, endpoint.suiteId, ticketXml(endpoint.suiteId, uniqueName('after')));
      return watched.signalsOf(endpoint.suiteId).length > 0;
    });
    expect(watched.signalsOf(endpoint.suiteId).some((event) => event.id === id)).toBe(false);
  });
});

describe('the dedupe window', () => {
  it('ends after an hour: the same bytes are published again under the same id', async () => {
    const endpoint = await steps.openEndpoint();
    await eventually(async () => {
      await push(endpoint.url, endpoint.keys, endpoint.suiteId, ticketXml(endpoint.suiteId, uniqueName('warm')));
      return watched.signalsOf(endpoint.suiteId).some(({ data }) => data.receiveIdMatched === 'SUITE_ID');
    });
    const xml = ticketXml(endpoint.suiteId, uniqueName('ticket'));
    const id = contentEventId(endpoint.id, xml);
    const sends = () => watched.signalsOf(endpoint.suiteId).filter((event) => event.id === id).length;
    await push(endpoint.url, endpoint.keys, endpoint.suiteId, xml);
    await eventually(() => sends() === 1);
    clock.advance(HOUR_MS - 1_000);
    await push(endpoint.url, endpoint.keys, endpoint.suiteId, xml);
    const marker = ticketXml(endpoint.suiteId, uniqueName('marker'));
    await push(endpoint.url, endpoint.keys, endpoint.suiteId, marker);
    await eventually(() => watched.signalsOf(endpoint.suiteId).some(({ id: seen }) => seen === contentEventId(endpoint.id, marker)));
    expect(sends()).toBe(1);
    clock.advance(2_000);
    await push(endpoint.url, endpoint.keys, endpoint.suiteId, xml);
    await eventually(() => sends() === 2);
  });
});
