import { defineStateTopic } from '@daikaifa/contracts';
import { AppError, newId, text } from '@daikaifa/kernel';
import {
  connectKafka,
  createConsumers,
  createDeadLetterDesk,
  createMemoryProjectionStore,
  createSender,
  defineConsumer,
  ensureTopics,
  type AnyConsumer,
  type Consumers,
  type KafkaClient,
  type Sender,
} from '@daikaifa/messaging';
import { eventually, silentLogger, testServers, uniqueName } from '@daikaifa/testing';
import { z } from 'zod';
import { runCommand } from '../src/command';

const SERVICE = 'template';
/** A machine that stalls must not let the sender send again, which would count twice, nor end the session of the member. */
const PATIENCE_MS = 30_000;
const SECRET = '机密内容';

const thingTopic = defineStateTopic({
  producer: 'test',
  aggregate: 'thing',
  types: ['thing.made'],
  state: z.object({ word: z.string() }),
});
const otherTopic = defineStateTopic({
  producer: 'test',
  aggregate: 'other',
  types: ['other.made'],
  state: z.object({ word: z.string() }),
});

interface Listed {
  readonly items: ReadonlyArray<{ readonly id: string; readonly key: string; readonly attempts: number }>;
  readonly total: number;
  readonly next: string | null;
}

let client: KafkaClient;
let sender: Sender;
let consumers: Consumers;
let isBroken: boolean;
let seen: string[];

const consumerOf = (topic: typeof thingTopic, name: string): AnyConsumer =>
  defineConsumer(topic, {
    name,
    project: () => null,
    effects: async ({ aggregateId }) => {
      if (isBroken) {
        throw new AppError('INVALID_STATE', text('状态不允许', 'The state does not allow it'));
      }
      seen.push(aggregateId);
    },
  }) as unknown as AnyConsumer;

const send = (topic: typeof thingTopic, ids: readonly string[]): Promise<void> =>
  sender.send(
    ids.map((id) => ({
      topic: topic.topic,
      key: id,
      value: JSON.stringify({
        specversion: '1.0',
        id: newId(),
        type: topic.types[0],
        source: 'daikaifa/test',
        subject: id,
        time: '2026-03-02T09:00:00.000Z',
        datacontenttype: 'application/json',
        tenant: 'publisher-1',
        correlationid: `correlation-${id}`,
        sequence: 1,
        data: { word: SECRET },
      }),
    })),
  );

const run = async (...args: readonly string[]) => {
  const out: string[] = [];
  const err: string[] = [];
  const terminal = { out: (line: string) => void out.push(line), err: (line: string) => void err.push(line) };
  const code = await runCommand(args, terminal, (work) => work(createDeadLetterDesk(client, sender)));
  return { code, out: out.join('\n'), err: err.join('\n') };
};

const json = async <T>(...args: readonly string[]): Promise<T> => {
  const { code, out, err } = await run(...args, '--json');
  expect({ code, err: err.replace(/^… .*$/gm, '').trim() }).toEqual({ code: 0, err: '' });
  return JSON.parse(out) as T;
};

const list = (...args: readonly string[]): Promise<Listed> => json<Listed>('list', '--service', SERVICE, ...args);
const faultsOf = async (...args: readonly string[]): Promise<readonly string[]> => {
  const { code, out, err } = await run(...args, '--json');
  expect({ code, out }).toEqual({ code: 2, out: '' });
  const { violations } = JSON.parse(err) as { violations: ReadonlyArray<{ field: string; code: string }> };
  return violations.map((violation) => `${violation.field} ${violation.code}`);
};

describe('the door for dead letters', () => {
  beforeEach(async () => {
    client = connectKafka({
      brokers: testServers().kafkaBrokers,
      clientId: 'dead-letters',
      topicPrefix: `${uniqueName('door')}.`,
      replicationFactor: 1,
      sessionTimeoutMs: PATIENCE_MS,
      logger: silentLogger(),
      environment: 'development',
    });
    await ensureTopics(client, [thingTopic, otherTopic], [SERVICE]);
    const patient: KafkaClient = {
      ...client,
      driver: (tuning) => client.driver({ ...tuning, requestTimeoutMs: PATIENCE_MS }),
    };
    sender = createSender(patient, { timeoutMs: PATIENCE_MS });
    await sender.start();
    consumers = createConsumers({
      client,
      group: SERVICE,
      consumers: [consumerOf(thingTopic, 'things'), consumerOf(otherTopic, 'others')],
      projections: createMemoryProjectionStore(),
      sender,
      logger: silentLogger(),
    });
    isBroken = true;
    seen = [];
    await send(thingTopic, ['one', 'two', 'three']);
    await send(otherTopic, ['four']);
    await consumers.start();
    await eventually(async () => (await list()).total === 4);
  });

  afterEach(async () => {
    await consumers.stop();
    await sender.stop();
  });

  it('counts for every service, also for those that never ran here', async () => {
    const { services } = await json<{ services: ReadonlyArray<{ service: string; ran: boolean; open: number }> }>('count');

    expect(services.map(({ service, ran, open }) => [service, ran, open])).toEqual([
      [SERVICE, true, 4],
      ...['review', 'callback', 'authorization', 'app-config', 'permission'].map((name) => [name, false, 0]),
    ]);
    const { out } = await run('count', '--service', SERVICE);
    expect(out).toContain('open 待处理 4, waiting 等待 0');
    expect(out).toContain(`  ${otherTopic.topic}  open 1, waiting 0`);
  });

  it('lists page by page, by topic and by status', async () => {
    const first = await list('--first', '3');
    const second = await list('--first', '3', '--after', first.next ?? '');

    expect([first.items.length, second.items.length, first.total, second.total]).toEqual([3, 1, 4, 4]);
    expect(second.next).toBeNull();
    expect([...first.items, ...second.items].map(({ key }) => key).sort()).toEqual(['four', 'one', 'three', 'two']);
    expect((await list('--topic', otherTopic.topic)).items.map(({ key }) => key)).toEqual(['four']);
    expect(await list('--status', 'REDRIVEN')).toMatchObject({ items: [], total: 0 });
  });

  it('shows where a letter came from and what was wrong in both languages, never what it says', async () => {
    const { items } = await list();
    const { id } = items.find(({ key }) => key === 'one')!;

    const { out } = await run('show', '--service', SERVICE, id);

    expect(out).toContain('INVALID_STATE 状态不允许 / The state does not allow it');
    expect(out).toContain('correlation-one');
    expect(out).toContain('publisher-1');
    expect(out).toMatch(/content 内容: \d+ bytes, masked 不显示/);
    const { out: asJson } = await run('show', '--service', SERVICE, id, '--json');
    expect(JSON.parse(asJson)).toMatchObject({
      items: [{ id, consumer: 'things', attempts: 1, appError: { code: 'INVALID_STATE' }, event: { type: 'thing.made' } }],
    });
    const { out: listed } = await run('list', '--service', SERVICE);
    expect([out, asJson, listed].filter((text) => text.includes(SECRET))).toEqual([]);
  });

  it('re-drives one, then the rest of a topic, then all; pressed again it has nothing to do', async () => {
    const { items } = await list();
    const { id } = items.find(({ key }) => key === 'one')!;
    isBroken = false;
    const redrive = (...args: readonly string[]) => json('redrive', '--service', SERVICE, '--by', '李工', ...args);

    expect(await redrive(id)).toMatchObject({ asked: 1, redriven: 1, failedAgain: 0, waiting: 0, already: 0 });
    expect(seen).toEqual(['one']);
    expect(await redrive(id)).toMatchObject({ asked: 0, already: 1 });
    expect(await redrive('--topic', thingTopic.topic)).toMatchObject({ asked: 2, redriven: 2 });
    expect(await redrive('--all')).toMatchObject({ asked: 1, redriven: 1 });
    expect(await redrive('--all')).toMatchObject({ asked: 0, redriven: 0, already: 0 });

    expect([...seen].sort()).toEqual(['four', 'one', 'three', 'two']);
    const journal = await json<{ items: readonly object[]; next: string }>('journal', '--service', SERVICE, '--first', '3');
    expect(journal.items[0]).toMatchObject({ action: 'REDRIVEN', topic: otherTopic.topic, by: '李工' });
    expect(await json('journal', '--service', SERVICE, '--after', journal.next)).toMatchObject({
      items: [{ letterId: id }],
      total: 4,
      next: null,
    });
  });

  it('tells how many failed again, and ends so that a script sees it', async () => {
    const { code, out, err } = await run('redrive', '--service', SERVICE, '--all', '--by', '李工');

    expect(code).toBe(3);
    expect(out).toContain('asked 已请求 4, redriven 已处理 0, failed again 再次失败 4, still waiting 仍在等待 0');
    expect(err.split('\n').at(-1)).toBe('… 4/4');
    expect((await list()).items.map(({ attempts }) => attempts)).toEqual([2, 2, 2, 2]);
  });

  it('does not wait for a service that is down: what was asked for waits, and can not be discarded', async () => {
    await consumers.stop();
    const { items } = await list();
    const [first] = items;

    const { code, out } = await run('redrive', '--service', SERVICE, first!.id, '--by', '李工', '--wait', '0');

    expect(code).toBe(3);
    expect(out).toContain('still waiting 仍在等待 1');
    expect((await list('--status', 'WAITING')).items).toEqual([expect.objectContaining({ id: first!.id })]);
    expect(await faultsOf('discard', '--service', SERVICE, first!.id, '--by', '李工', '--reason', '不再需要处理')).toEqual([
      `${first!.id} LETTER_STATUS`,
    ]);
  });

  it('discards with a reason, which the journal keeps', async () => {
    const { items } = await list();
    const discard = (id: string) =>
      json('discard', '--service', SERVICE, id, '--by', '李工', '--reason', '测试数据，无需处理');

    expect(await discard(items[0]!.id)).toMatchObject({ discarded: 1, already: 0 });
    expect(await discard(items[0]!.id)).toMatchObject({ discarded: 0, already: 1 });

    expect((await list()).total).toBe(3);
    const { out } = await run('journal', '--service', SERVICE);
    expect(out).toMatch(new RegExp(`DISCARDED  ${items[0]!.id}  by 李工 .* 测试数据，无需处理`));
    expect(out).toContain('1 in all · 共 1 条');
    expect(out).not.toContain(SECRET);
  });

  it('goes on from a page although its last letter was dealt with since', async () => {
    const first = await list('--first', '2');
    await json('discard', '--service', SERVICE, first.next ?? '', '--by', '李工', '--reason', '测试数据，无需处理');

    const second = await list('--first', '2', '--after', first.next ?? '');

    expect(second.items).toHaveLength(2);
    expect(second.total).toBe(3);
  });

  it('refuses what is not here with every fault at once, and changes nothing', async () => {
    const unknown = ['00000000-0000', 'ffffffff-ffff'];
    const { items } = await list();

    expect(await faultsOf('show', '--service', SERVICE, ...unknown)).toEqual(unknown.map((id) => `${id} LETTER_UNKNOWN`));
    expect(await faultsOf('redrive', '--service', SERVICE, ...unknown, items[0]!.id)).toHaveLength(2);
    expect(await faultsOf('list', '--service', SERVICE, '--topic', 'mistyped')).toEqual(['--topic TOPIC_UNKNOWN']);
    expect(await faultsOf('list', '--service', SERVICE, '--after', unknown[0]!)).toEqual(['--after CURSOR']);
    expect(await faultsOf('list', '--service', 'review')).toEqual(['--service SERVICE_NOT_HERE']);
    expect((await list()).total).toBe(4);
    const { err } = await run('show', '--service', SERVICE, ...unknown);
    expect(err).toContain('输入有 2 处错误 / The input has 2 fault(s):');
  });
});

describe('its arguments', () => {
  it('are explained, in both languages', async () => {
    const { code, out } = await run('--help');
    expect(code).toBe(0);
    expect(out).toContain('各服务的死信数量 · how many dead letters each service has');
    expect((await run()).code).toBe(2);
  });

  it('are refused before Kafka is asked', async () => {
    const neverOpened = (): Promise<never> => Promise.reject(new Error('opened'));
    const err: string[] = [];
    const terminal = { out: () => undefined, err: (line: string) => void err.push(line) };
    expect(await runCommand(['list', '--first', 'x'], terminal, neverOpened)).toBe(2);
    expect(err.join('\n')).toMatch(/--service: 必填[\s\S]*--first \(x\): 应为 1–200 的整数/);
    expect(await runCommand(['count'], terminal, neverOpened)).toBe(1);
    expect(err.at(-1)).toBe('opened');
  });
});
