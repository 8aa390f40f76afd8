import type { OnlineTemplate } from '@daikaifa/demo';
import { connectMongo } from '@daikaifa/mongo';
import type { Stack } from '@daikaifa/stack';
import { eventually, silentLogger, testServers } from '@daikaifa/testing';
import { corpsOf, isObserved, type Corps, type Installation } from '../corps';
import { launchAtWecom, openDestination, untilReceived, write, type OpenDestination } from '../destinations';
import { bringTemplateOnline } from '../harness';
import { templateOf } from '../templates';
import { sharedStack } from './stack';

/** Attempts of the whole schedule but the last. */
const ATTEMPTS_OF_THREE_DAYS = 10;

let stack: Stack;
let online: OnlineTemplate;
let corps: Corps;
let app: Installation;
/** Answers every request. */
let steady: OpenDestination;
/** Has its troubles. */
let troubled: OpenDestination;

beforeAll(async () => {
  stack = sharedStack();
  online = await bringTemplateOnline(stack);
  corps = corpsOf(online);
  app = await corps.scan(await corps.createCorp());
  await corps.untilAuthorization(app, isObserved);
  await launchAtWecom(online.doors, online.suiteId, app);
  const wanted = { eventTypes: ['wecom.app.text', 'template.edited'] };
  [steady, troubled] = await Promise.all([openDestination(online.doors, wanted), openDestination(online.doors, wanted)]);
}, 120_000);

afterAll(async () => {
  await Promise.all([steady, troubled].map((one) => one?.backend.stop()));
});

const say = (text: string): Promise<void> => write(online.doors, app, text);

const idsOf = ({ backend }: OpenDestination): string => [...new Set(backend.ids())].sort().join();

// What one test has said has reached both before the next one counts.
beforeEach(() => eventually(() => idsOf(troubled) === idsOf(steady)));

/** What came after the first so many. */
const since = (seen: number, { backend }: OpenDestination) => backend.received.slice(seen);

const newest = async (destination: OpenDestination, state: string) =>
  (await destination.until(({ deliveries }) => deliveries.nodes[0]?.state === state)).deliveries.nodes[0]!;

it('one message that WeCom sends three times is delivered once', async () => {
  const seen = steady.backend.received.length;
  await corps.orderFault({ target: 'push', match: 'text', kind: 'duplicate', copies: 2, subject: app.corpId });
  await say('三次');
  await eventually(async () => {
    type Push = { readonly attempts: ReadonlyArray<{ readonly ok: boolean }> };
    const pushes = await online.doors.sandbox.call<Push[]>('GET', `/installations/${app.id}/messages`);
    return pushes.at(-1)!.attempts.filter(({ ok }) => ok).length === 3;
  });
  await say('一次');
  await untilReceived(steady.backend, seen + 2);

  const { deliveries } = await steady.until(({ deliveryCounts }) => deliveryCounts.delivered === seen + 2);
  expect(new Set(steady.backend.ids()).size).toBe(seen + 2);
  expect(deliveries.nodes.map(({ attempts }) => attempts.length)).toEqual([1, 1]);
});

it('of two changes in quick succession both arrive, and their sequence says which came later', async () => {
  const template = templateOf(online.doors, online.templateId);
  const [seen, { version }] = [steady.backend.received.length, await template.look()];
  await template.edit({ introduction: '销售与客户管理' });
  await template.edit({ introduction: '销售与客户服务管理' });
  await untilReceived(steady.backend, seen + 2);

  const sequences = since(seen, steady).map(({ body }) => body.sequence);
  expect(sequences.sort()).toEqual([version + 1, version + 2]);
});

it('a backend that fails gets it again with the same id, and holds up no other one', async () => {
  const [seen, seenSteady] = [troubled.backend.received.length, steady.backend.received.length];
  let answerFirst: ((status: number) => void) | undefined;
  troubled.backend.answer(() => (answerFirst === undefined ? new Promise((answer) => (answerFirst = answer)) : 204));
  await say('稍后再试');
  await untilReceived(troubled.backend, seen + 1);
  await say('不受影响');
  await untilReceived(steady.backend, seenSteady + 2);
  expect((await troubled.look()).deliveryCounts.queued).toBeGreaterThan(0);
  answerFirst!(503);
  await troubled.until(({ deliveryCounts }) => deliveryCounts.queued === 0);

  const ids = since(seen, troubled).map(({ webhookId }) => webhookId);
  expect([...new Set(ids)].sort()).toEqual(since(seenSteady, steady).map(({ webhookId }) => webhookId).sort());
  expect(ids.filter((id) => id === ids[0])).toHaveLength(2);
  const { deliveries } = await troubled.look();
  expect(deliveries.nodes.find(({ eventId }) => eventId === ids[0])?.attempts).toEqual([
    { status: 503, error: 'STATUS' },
    { status: 204, error: null },
  ]);
});

it('what a backend failed to take for three days is given up, listed, and arrives when it is sent again by hand', async () => {
  const seen = troubled.backend.received.length;
  troubled.backend.answer(500);
  await say('三天之后');
  await untilReceived(troubled.backend, seen + 1);
  const queued = await troubled.until(({ deliveries }) => (deliveries.nodes[0]?.attempts.length ?? 0) > 0);
  const { id, eventId } = queued.deliveries.nodes[0]!;
  const mongo = await connectMongo({
    url: testServers().mongoUrl,
    database: `${stack.envOf('callback')['MONGO_DATABASE_PREFIX']}callback`,
    logger: silentLogger(),
  });
  // Three days go by; until then there was one attempt, or two where this machine has stood still for five seconds.
  const before = await mongo.connection
    .collection<{ _id: string; attempts: readonly object[] }>('deliveries')
    .findOneAndUpdate({ _id: id }, { $set: { tries: ATTEMPTS_OF_THREE_DAYS, nextAttemptAt: new Date() } });
  await mongo.close();
  const dead = await newest(troubled, 'DEAD');
  const sentBefore = troubled.backend.received.length;
  troubled.backend.answer(204);
  await troubled.retry(id);
  const delivered = await newest(troubled, 'DELIVERED');

  expect(dead).toMatchObject({ id, eventId, deadReason: 'EXHAUSTED', retryable: true });
  const failed = [...before!.attempts.map(() => 500), 500];
  expect(dead.attempts.map(({ status }) => status)).toEqual(failed);
  expect(delivered).toMatchObject({ id, tries: 1, deadReason: null });
  expect(delivered.attempts.map(({ status }) => status)).toEqual([...failed, 204]);
  expect(since(sentBefore, troubled).map(({ webhookId }) => webhookId)).toEqual([eventId]);
});

it('a disabled destination gets nothing; what came meanwhile goes out, once, when it is enabled', async () => {
  const [seen, seenSteady] = [troubled.backend.received.length, steady.backend.received.length];
  await troubled.disable();
  await say('停用期间');
  await untilReceived(steady.backend, seenSteady + 1);
  const { eventId } = await newest(troubled, 'QUEUED');
  expect(since(seen, troubled)).toEqual([]);
  await troubled.enable();
  const delivered = await newest(troubled, 'DELIVERED');

  expect(delivered).toMatchObject({ eventId, attempts: [{ status: 204, error: null }] });
  expect(since(seen, troubled).map(({ webhookId }) => webhookId)).toEqual([eventId]);
});

it('never sent one event twice at a time, nor anything that was not signed', () => {
  for (const { backend } of [steady, troubled]) {
    expect(backend.overlaps).toEqual([]);
    expect(backend.unsigned()).toBe(0);
  }
});
