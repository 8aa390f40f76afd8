import { connectKafka } from '@daikaifa/messaging';
import { connectRedis } from '@daikaifa/redis';
import { capturedLogger, eventually, silentLogger, uniqueName } from '@daikaifa/testing';
import type { App } from '@daikaifa/service';
import { createPublisher, must } from '@daikaifa/harness';
import {
  createSteps,
  formsOf,
  IMPORT,
  openDatabase,
  ownConfig,
  PROBE,
  startApp,
  watchTopics,
  type Steps,
} from './harness';
import { createAuthXml, push, textXml, ticketXml, verifyUrl } from './wecom';

const config = ownConfig();
const { logger, lines } = capturedLogger();
let app: App;
let others: Awaited<ReturnType<typeof createPublisher>>;
let watched: Awaited<ReturnType<typeof watchTopics>>;
let steps: Steps;

beforeAll(async () => {
  app = await startApp(config, { logger });
  others = await createPublisher(config);
  watched = await watchTopics(config);
  steps = createSteps(app, others);
});
afterAll(async () => {
  await watched.stop();
  await others.stop();
  await app.stop();
});

const wholeDatabase = async (): Promise<string> => {
  const database = await openDatabase(config);
  const collections = (await database.connection.listCollections()).map(({ name }) => name);
  const contents = await Promise.all(collections.map((name) => database.connection.collection(name).find({}).toArray()));
  await database.close();
  return JSON.stringify(Object.fromEntries(collections.map((name, index) => [name, contents[index]])));
};

const wholeRedis = async (): Promise<string> => {
  const redis = connectRedis({ url: config.redis.cacheUrl, prefix: '', logger: silentLogger() });
  // `keyPrefix` is put before keys, not before patterns and results.
  const raw = redis.client.duplicate({ keyPrefix: '' });
  const keys = await raw.keys(`${config.redis.prefix}*`);
  const values = await Promise.all(
    keys.map(async (key) => ((await raw.type(key)) === 'string' ? raw.get(key) : (await raw.dump(key))?.toString())),
  );
  raw.disconnect();
  await redis.close();
  return JSON.stringify([keys, values]);
};

const wholeKafka = async (): Promise<string> => {
  const client = connectKafka({ ...config.kafka, clientId: 'search', logger: silentLogger(), environment: 'development' });
  const consumer = client.driver({ requestTimeoutMs: 10_000, retries: 3 }).consumer({ groupId: uniqueName('search') });
  const topics = await client.withAdmin(async (admin) =>
    (await admin.listTopics()).filter((topic) => topic.startsWith(config.kafka.topicPrefix)),
  );
  const total = await client.withAdmin(async (admin) => {
    const offsets = await Promise.all(topics.map((topic) => admin.fetchTopicOffsets(topic)));
    return offsets.flat().reduce((sum, { high, low }) => sum + Number(high) - Number(low), 0);
  });
  const values: string[] = [];
  await consumer.connect();
  await consumer.subscribe({ topics, fromBeginning: true });
  await consumer.run({ eachMessage: async ({ message }) => void values.push(message.value?.toString() ?? '') });
  await eventually(() => values.length >= total);
  await consumer.disconnect();
  return values.join('\n');
};

it('no secret and no content is in logs, MongoDB, Redis or Kafka unsealed', async () => {
  const endpoint = await steps.openEndpoint();
  const { url, keys, suiteId, tenant } = endpoint;
  const waiting = await steps.openEndpoint({ suiteRecorded: false });
  const secrets = {
    token: keys.token,
    encodingAesKey: keys.encodingAesKey,
    ticket: uniqueName('ticket'),
    authCode: uniqueName('code'),
    parked: uniqueName('parked'),
    refused: uniqueName('refused'),
    echo: '7777777777777777777',
    message: uniqueName('message'),
    parkedMessage: uniqueName('message'),
    importedToken: uniqueName('token').replaceAll('-', '').slice(-32),
    importedKey: 'ZmFrZUtleUZvclRoZVNlY3JldHNTcGVjT2ZDYWxsYmE',
  };
  await eventually(async () => (await verifyUrl(url, keys, tenant.corpId, secrets.echo)).status === 200);
  await eventually(async () => (await push(url, keys, suiteId, ticketXml(suiteId, secrets.ticket))).status === 200);
  expect((await push(url, keys, suiteId, createAuthXml(suiteId, secrets.authCode))).status).toBe(200);
  expect((await push(waiting.url, waiting.keys, waiting.suiteId, ticketXml(waiting.suiteId, secrets.parked))).status).toBe(200);
  expect((await push(url, keys, 'wwSomebodyElse', ticketXml(suiteId, secrets.refused))).status).toBe(400);
  const corp = steps.newCorp(endpoint);
  await steps.authorize(corp);
  const stranger = steps.newCorp(endpoint);
  expect((await push(url, keys, corp.corpId, textXml(corp.corpId, secrets.message))).status).toBe(200);
  expect((await push(url, keys, stranger.corpId, textXml(stranger.corpId, secrets.parkedMessage))).status).toBe(200);
  const own = await steps.openAppEndpoint(corp);
  const input = { endpointId: own.id, idempotencyKey: 'k', token: secrets.importedToken, encodingAesKey: secrets.importedKey };
  await must(steps.graphql(tenant.admin, IMPORT, { input }));
  expect((await steps.graphql(tenant.admin, IMPORT, { input: { ...input, token: `${secrets.importedToken}!` } })).fault?.violations).toEqual([
    'TOKEN_CHARACTERS',
  ]);
  const next = await steps.issue(tenant.admin, endpoint.id);
  expect((await push(url, next, suiteId, ticketXml(suiteId, uniqueName('t')))).status).toBe(200);
  await steps.graphql(tenant.admin, PROBE, { input: { endpointId: endpoint.id } });
  await steps.findWhen(tenant.admin, endpoint.id, ({ receipts, refusals }) => receipts.nodes.length >= 3 && refusals.nodes.length > 0);
  await steps.findWhen(waiting.tenant.admin, waiting.id, ({ receipts }) => receipts.nodes.length > 0);
  await eventually(() => watched.signalsOf(suiteId).length >= 3);
  // Nobody waits for Redis, which is left alone for a second when it was slow once.
  await eventually(async () => {
    await push(url, next, suiteId, ticketXml(suiteId, uniqueName('t')));
    return (await wholeRedis()).includes('event:');
  });

  const places = {
    logs: JSON.stringify(lines),
    mongodb: await wholeDatabase(),
    redis: await wholeRedis(),
    kafka: await wholeKafka(),
  };
  // The search itself works: what may be there is found.
  expect(places.logs).toContain('callback refused');
  expect(places.mongodb).toContain(waiting.suiteId);
  expect(places.kafka).toContain(suiteId);
  expect(places.redis).toContain('event:');
  const hits = Object.entries({ ...secrets, nextToken: next.token, nextKey: next.encodingAesKey }).flatMap(([name, secret]) =>
    Object.entries(places).flatMap(([place, content]) =>
      formsOf(secret).some((form) => content.includes(form)) ? [`${name} in ${place}`] : [],
    ),
  );
  expect(hits).toEqual([]);
});
