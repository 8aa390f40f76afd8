import { eventually, startPrivateServer, uniqueName, type PrivateServer } from '@daikaifa/testing';
import { contentEventId } from '@daikaifa/wecom-protocol';
import type { App } from '@daikaifa/service';
import { createPublisher } from '@daikaifa/harness';
import {
  createSteps,
  openDatabase,
  ownConfig,
  patience,
  startApp,
  watchTopics,
  type OpenEndpoint,
  type Steps,
} from './harness';
import { createMongoProxy } from './mongo-proxy';
import { push, textXml, ticketXml } from './wecom';

let kafka: PrivateServer;
let mongo: Awaited<ReturnType<typeof createMongoProxy>>;
let config: ReturnType<typeof ownConfig>;
let app: App;
/** A second ingress. It gives up waiting for Kafka as in production, but not for MongoDB, past which events may overtake stored ones. */
let patient: App;
let others: Awaited<ReturnType<typeof createPublisher>>;
let watched: Awaited<ReturnType<typeof watchTopics>>;
let steps: Steps;
let endpoint: OpenEndpoint;

beforeAll(async () => {
  kafka = await startPrivateServer('kafka');
  mongo = await createMongoProxy();
  config = ownConfig({ KAFKA_BROKERS: kafka.url, MONGO_URL: mongo.url });
  // The limits of production: what this spec is about.
  app = await startApp(config, { limits: {} });
  patient = await startApp({ ...config, roles: ['ingress'] }, { limits: { ...patience, brokerMs: config.ingress.kafkaWaitMs } });
  others = await createPublisher(config);
  watched = await watchTopics(config);
  steps = createSteps(app, others);
  endpoint = await steps.openEndpoint();
  await eventually(async () => {
    await push(endpoint.url, endpoint.keys, endpoint.suiteId, ticketXml(endpoint.suiteId, uniqueName('warm')));
    return watched.signalsOf(endpoint.suiteId).some(({ data }) => data.receiveIdMatched === 'SUITE_ID');
  });
}, 180_000);
afterAll(async () => {
  await kafka.resume().catch(() => undefined);
  mongo.restore();
  // One after the other, and all of them: a broker that is left running outlives the specs.
  for (const stop of [watched?.stop, others?.stop, patient?.stop, app?.stop, mongo.stop, kafka.stop]) {
    await stop?.().catch(() => undefined);
  }
}, 120_000);

/** As WeCom does: what was not answered with `success` is sent again. */
const sendOne = async (
  url = endpoint.url,
  to: Pick<OpenEndpoint, 'id' | 'keys' | 'suiteId'> = endpoint,
): Promise<{ id: string }> => {
  const xml = ticketXml(to.suiteId, uniqueName('ticket'));
  return eventually(async () => {
    const { status } = await push(url, to.keys, to.suiteId, xml);
    return status === 200 ? { id: contentEventId(to.id, xml) } : null;
  });
};

/** The same address at the patient ingress. */
const atPatient = (url: string): string => url.replace(app.url, patient.url);

/** The first time each event stands in the partition; repeats are allowed. */
const orderOf = (ids: readonly string[]): readonly string[] => [
  ...new Set(watched.signalsOf(endpoint.suiteId).map(({ id }) => id).filter((id) => ids.includes(id))),
];

const ready = async (): Promise<number> => (await fetch(`${app.url}/health/ready`)).status;

describe('while Kafka is away', () => {
  it('answers and stores events in MongoDB while it is frozen, and moves them in order, before what came later', async () => {
    const sent: string[] = [];
    const url = atPatient(endpoint.url);
    await kafka.pause();
    for (let index = 0; index < 8; index += 1) {
      sent.push((await sendOne(url)).id);
    }
    const stored = await steps.findWhen(endpoint.tenant.admin, endpoint.id, ({ receipts }) =>
      sent.every((id) => receipts.nodes.some((receipt) => receipt.id === id)),
    );
    expect(stored.receipts.nodes.filter(({ id }) => sent.includes(id)).map(({ state }) => state)).toEqual(
      sent.map(() => 'STORED'),
    );
    await kafka.resume();
    // Kafka is back: what comes now must not overtake what is stored.
    for (let index = 0; index < 8; index += 1) {
      sent.push((await sendOne(url)).id);
    }
    await eventually(() => orderOf(sent).length === sent.length, { timeoutMs: 60_000 });
    expect(orderOf(sent)).toEqual(sent);
    await steps.findWhen(endpoint.tenant.admin, endpoint.id, ({ receipts }) =>
      sent.every((id) => receipts.nodes.some((receipt) => receipt.id === id && receipt.state === 'PUBLISHED')),
    );
    const database = await openDatabase(config);
    await eventually(async () => (await database.connection.collection('backlog').countDocuments({})) === 0);
    await database.close();
  }, 180_000);

  it('keeps the order of each corp’s messages, over both addresses of its app', async () => {
    const corp = steps.newCorp(endpoint);
    await steps.authorize(corp);
    const own = await steps.openAppEndpoint(corp);
    const say = (url: string, keys: OpenEndpoint['keys'], to: string) =>
      eventually(async () => {
        const xml = textXml(corp.corpId, uniqueName('text'));
        return (await push(atPatient(url), keys, corp.corpId, xml)).status === 200 ? contentEventId(to, xml) : null;
      });
    await eventually(async () => {
      await say(endpoint.url, endpoint.keys, endpoint.id);
      return watched.appSignalsOf(endpoint.suiteId, corp.corpId).some(({ data }) => data.receiveIdMatched === 'CORP_ID');
    });
    const sent: string[] = [];
    const sayBoth = async (): Promise<void> => {
      sent.push(await say(endpoint.url, endpoint.keys, endpoint.id), await say(own.url, own.keys, own.id));
    };
    await kafka.pause();
    await sayBoth();
    await sayBoth();
    await kafka.resume();
    await sayBoth();
    const order = () => [
      ...new Set(watched.appSignalsOf(endpoint.suiteId, corp.corpId).flatMap(({ id }) => (sent.includes(id) ? [id] : []))),
    ];
    await eventually(() => order().length === sent.length, { timeoutMs: 60_000 });
    expect(order()).toEqual(sent);
  }, 180_000);

  it('moves what it has stored by itself, without a worker', async () => {
    const own = ownConfig({ KAFKA_BROKERS: kafka.url });
    const alone = await startApp({ ...own, roles: ['ingress', 'api', 'consumer'] }, { limits: {} });
    const publisher = await createPublisher(own);
    const reader = await watchTopics(own);
    try {
      const there = await createSteps(alone, publisher).openEndpoint();
      await eventually(async () => {
        await push(there.url, there.keys, there.suiteId, ticketXml(there.suiteId, uniqueName('warm')));
        return reader.signalsOf(there.suiteId).some(({ data }) => data.receiveIdMatched === 'SUITE_ID');
      });
      await kafka.pause();
      const { id } = await sendOne(there.url, there);
      await kafka.resume();
      await eventually(() => reader.signalsOf(there.suiteId).some((event) => event.id === id), { timeoutMs: 60_000 });
    } finally {
      await kafka.resume();
      await reader.stop();
      await publisher.stop();
      await alone.stop();
    }
  }, 180_000);

  it('moves what a process stored that is gone', async () => {
    const ingress = await startApp({ ...config, roles: ['ingress'] }, { limits: {} });
    const url = `${ingress.url}/callback/suite/${endpoint.id}`;
    await kafka.pause();
    const { id } = await sendOne(url);
    await kafka.resume();
    await ingress.stop();
    await eventually(() => orderOf([id]).length === 1, { timeoutMs: 60_000 });
  }, 180_000);
});

describe('while MongoDB is away', () => {
  it('answers with what is in memory while it is silent, and stays ready', async () => {
    await sendOne();
    mongo.silence();
    try {
      const sent = [await sendOne(), await sendOne(), await sendOne()];
      const { id } = sent[2]!;
      await eventually(() => orderOf([id]).length === 1);
    } finally {
      mongo.restore();
    }
    await eventually(async () => (await ready()) === 200, { timeoutMs: 60_000 });
  }, 120_000);
});

describe('while both are away', () => {
  it('answers 503 while both are silent, and accepts the re-send afterwards', async () => {
    await sendOne();
    await kafka.pause();
    mongo.silence();
    const xml = ticketXml(endpoint.suiteId, uniqueName('ticket'));
    try {
      for (let index = 0; index < 3; index += 1) {
        expect((await push(endpoint.url, endpoint.keys, endpoint.suiteId, xml)).status).toBe(503);
      }
      await eventually(async () => (await ready()) === 503, { timeoutMs: 60_000 });
    } finally {
      mongo.restore();
      await kafka.resume();
    }
    await eventually(async () => (await push(endpoint.url, endpoint.keys, endpoint.suiteId, xml)).status === 200, {
      timeoutMs: 60_000,
    });
    await eventually(() => orderOf([contentEventId(endpoint.id, xml)]).length === 1, { timeoutMs: 60_000 });
  }, 180_000);
});
