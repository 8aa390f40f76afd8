import type { OnlineTemplate } from '@daikaifa/demo';
import { connectRedis } from '@daikaifa/redis';
import type { AppProcess } from '@daikaifa/stack';
import { eventually, silentLogger, testServers } from '@daikaifa/testing';
import { corpsOf, isObserved, type Installation } from './corps';
import { launchAtWecom, openDestination, untilReceived, write, type OpenDestination } from './destinations';
import { bringTemplateOnline } from './harness';
import { makeKillStage, type KillStage } from './kill-stage';
import type { Hold } from './wire';

/** A corp whose members write, and the one destination that gets what they write. */
interface Way extends OpenDestination {
  readonly app: Installation;
}

/** The lease of the lane and the lock of the dead process on its job, 15 s each, which is looked for every 5 s. */
const TAKE_OVER_MS = 60_000;

let stage: KillStage;
let online: OnlineTemplate;
let heir: AppProcess;
let unrecorded: Way;
let unattempted: Way;
let unanswered: Way;
let unwritten: Way;
let all: readonly Way[];

const openWay = async (): Promise<Way> => {
  const corps = corpsOf(online);
  const app = await corps.scan(await corps.createCorp());
  await corps.untilAuthorization(app, isObserved);
  await launchAtWecom(online.doors, online.suiteId, app);
  const wanted = { eventTypes: ['wecom.app.text'], corpIds: [app.encryptedCorpId], concurrency: 4 };
  return { app, ...(await openDestination(online.doors, wanted)) };
};

beforeAll(async () => {
  stage = await makeKillStage({ env: { callback: { MONGO_MAX_POOL_SIZE: '10', DELIVERY_TIMEOUT_SEC: '60' } } });
  await stage.stack.start();
  online = await bringTemplateOnline(stage.stack);
  all = await Promise.all([openWay(), openWay(), openWay(), openWay()]);
  [unrecorded, unattempted, unanswered, unwritten] = all as [Way, Way, Way, Way];
  const { mongoUrl, kafkaBrokers, redisUrl } = testServers();
  // Not over the wires of the one that dies, which have to fall silent.
  const servers = { MONGO_URL: mongoUrl, KAFKA_BROKERS: kafkaBrokers.join(','), REDIS_URL: redisUrl };
  heir = await stage.stack.another('callback', 'callback-heir', { ROLES: 'api,worker', ...servers });
}, 120_000);

afterAll(async () => {
  await stage?.stop();
  await Promise.all((all ?? []).map(({ backend }) => backend.stop()));
}, 60_000);

/** Never reaches MongoDB. */
const holdWrite = (command: string, ...parts: readonly string[]): Hold =>
  stage.wires.callback.mongo.hold('REQUEST', {
    words: `callback: ${command} with ${parts.join(' and ')}`,
    is: ({ name, bytes }) => name === command && parts.every((part) => bytes.includes(part)),
  });

const say = ({ app }: Way, text: string): Promise<void> => write(online.doors, app, text);

const untilDelivered = (way: Way, count: number, timeoutMs?: number) =>
  way.until(({ deliveryCounts }) => deliveryCounts.delivered === count, timeoutMs);

const textsAt = ({ backend }: Way): readonly string[] =>
  backend.received.map(({ body }) => /<Content><!\[CDATA\[(.*?)\]\]>/.exec(String(body.data['raw']))?.[1] ?? 'no text');

const sentBy = async ({ url }: AppProcess): Promise<number> => {
  const lines = (await (await fetch(`${url}/metrics`)).text()).split('\n');
  return lines
    .filter((line) => line.startsWith('callback_delivery_attempts_total{') && line.includes('outcome="DELIVERED"'))
    .reduce((sum, line) => sum + Number(line.split(' ')[1]), 0);
};

describe('the process that delivers is killed while another one lives', () => {
  beforeAll(async () => {
    const { callback } = stage.stack.processes;
    let answerUnwritten: ((status: number) => void) | undefined;
    unanswered.backend.answer(() => new Promise<number>(() => undefined));
    unwritten.backend.answer(() => new Promise((answer) => (answerUnwritten = answer)));
    await Promise.all([say(unanswered, '无人应答'), say(unwritten, '未及记录')]);
    await Promise.all([untilReceived(unanswered.backend), untilReceived(unwritten.backend)]);
    const [delivery] = (await unwritten.look()).deliveries.nodes;
    const holds = [holdWrite('update', 'deliveries', delivery!.id)];
    answerUnwritten!(204);

    holds.push(holdWrite('findAndModify', 'lanes', unattempted.id));
    await say(unattempted, '未及投递');
    // Last: what comes behind it in its partition waits too.
    holds.push(holdWrite('insert', 'deliveries', unrecorded.id));
    await say(unrecorded, '未及登记');
    await Promise.all(holds.map((hold) => hold.untilCaught()));

    expect(all.map(({ backend }) => backend.received.length)).toEqual([0, 0, 1, 1]);
    all.forEach(({ backend }) => backend.answer(204));
    await heir.start();
    await callback.kill();
    await Promise.all(Object.values(stage.wires.callback).map((wire) => wire.untilSilent()));
    holds.forEach((hold) => hold.release());
    // Nobody but the other one is there.
    await Promise.all([
      untilReceived(unattempted.backend, 1, TAKE_OVER_MS),
      untilReceived(unanswered.backend, 2, TAKE_OVER_MS),
      untilReceived(unwritten.backend, 2, TAKE_OVER_MS),
    ]);
    await callback.start();
  }, 240_000);

  /** What the log has of a delivery, and what the backend has seen of it. */
  const outcomeOf = async (way: Way) => {
    const { deliveries } = await untilDelivered(way, 1);
    return {
      log: deliveries.nodes.map(({ eventId, state, attempts }) => ({ eventId, state, statuses: attempts.map(({ status }) => status) })),
      ids: way.backend.ids(),
      texts: [...new Set(textsAt(way))],
    };
  };

  const once = (id: string) => [{ eventId: id, state: 'DELIVERED', statuses: [204] }];

  it('before the delivery was written down: it is made by who reads the event again, and arrives once', async () => {
    const { log, ids, texts } = await outcomeOf(unrecorded);

    expect(texts).toEqual(['未及登记']);
    expect(ids).toHaveLength(1);
    expect(log).toEqual(once(ids[0]!));
  });

  it('before the first attempt: it arrives once', async () => {
    const { log, ids, texts } = await outcomeOf(unattempted);

    expect(texts).toEqual(['未及投递']);
    expect(ids).toHaveLength(1);
    expect(log).toEqual(once(ids[0]!));
  });

  it('while the backend had the request: it comes again with the same id, and the log has the attempt that ended', async () => {
    const { log, ids, texts } = await outcomeOf(unanswered);

    expect(texts).toEqual(['无人应答']);
    expect(ids).toEqual([ids[0], ids[0]]);
    expect(log).toEqual(once(ids[0]!));
  });

  it("after the backend's 204, before that was written down: it comes again with the same id", async () => {
    const { log, ids, texts } = await outcomeOf(unwritten);

    expect(texts).toEqual(['未及记录']);
    expect(ids).toEqual([ids[0], ids[0]]);
    expect(log).toEqual(once(ids[0]!));
  });

  it('sends nothing that is not signed, and nothing twice at one time', () => {
    expect(all.map(({ backend }) => backend.unsigned())).toEqual([0, 0, 0, 0]);
    expect(all.flatMap(({ backend }) => backend.overlaps)).toEqual([]);
  });
});

it('two processes share the work, and send each event once', async () => {
  const { callback } = stage.stack.processes;
  const processes = [callback, heir];
  const before = await Promise.all(processes.map(sentBy));
  const seen = all.map(({ backend }) => backend.received.length);
  let said = 0;
  await eventually(
    async () => {
      said += 1;
      await Promise.all(all.map((way) => say(way, `第 ${said} 条`)));
      const now = await Promise.all(processes.map(sentBy));
      return said >= 3 && now.every((count, index) => count > before[index]!);
    },
    { timeoutMs: 30_000 },
  );
  await Promise.all(all.map((way) => untilDelivered(way, 1 + said)));

  all.forEach(({ backend }, index) => {
    const ids = backend.ids().slice(seen[index]);
    expect(ids).toHaveLength(said);
    expect(new Set(ids).size).toBe(said);
    expect(backend.overlaps).toEqual([]);
  });
}, 60_000);

it('every job is gone from Redis: what has failed before comes again all the same', async () => {
  const delivered = (await unrecorded.look()).deliveryCounts.delivered;
  const seen = unrecorded.backend.received.length;
  unrecorded.backend.answer(503);
  await say(unrecorded, '任务已丢失');
  await unrecorded.until(({ deliveries }) => deliveries.nodes[0]?.state === 'QUEUED' && deliveries.nodes[0].attempts.length > 0);
  const prefix = stage.stack.envOf('callback')['REDIS_KEY_PREFIX']!;
  const redis = connectRedis({ url: testServers().redisUrl, prefix, logger: silentLogger() });
  const removed = await redis.client.eval(
    "local keys = redis.call('KEYS', ARGV[1]) for _, key in ipairs(keys) do redis.call('DEL', key) end return #keys",
    0,
    `${prefix}:*`,
  );
  await redis.close();
  // One, or two where this machine has stood still for five seconds.
  const refused = unrecorded.backend.ids().slice(seen);
  unrecorded.backend.answer(204);
  const { deliveries } = await untilDelivered(unrecorded, delivered + 1, 60_000);

  expect(removed).toBeGreaterThan(0);
  const ids = unrecorded.backend.ids().slice(seen);
  expect(new Set(ids).size).toBe(1);
  expect(ids).toHaveLength(refused.length + 1);
  expect(deliveries.nodes[0]).toMatchObject({
    eventId: ids[0],
    attempts: [...refused.map(() => ({ status: 503, error: 'STATUS' })), { status: 204, error: null }],
  });
}, 120_000);
