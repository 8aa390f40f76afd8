import { randomUUID } from 'node:crypto';
import { wecomSuiteTopic } from '@daikaifa/contracts';
import { operations } from '@daikaifa/client';
import { type OnlineTemplate } from '@daikaifa/demo';
import { eventually } from '@daikaifa/testing';
import {
  askAppToken,
  corpsOf,
  GET_PERMANENT_CODE,
  isObserved,
  tryAppToken,
  type Corps,
  type Exchange,
  type Installation,
} from './corps';
import { bringTemplateOnline } from './harness';
import { makeKillStage, type KillStage } from './kill-stage';
import { countSuiteEvents } from './suite-topic';
import { templateOf, type Template } from './templates';
import type { Hold } from './wire';

/** An attempt at an auth code belongs for 45 s to the process that began it; then a sweep finds it. */
const AFTER_ATTEMPT = { timeoutMs: 80_000, everyMs: 250 };

/** Jobs of a dead process come back after 40 s at the latest. */
const JOB_BACK_MS = 75_000;

let stage: KillStage;
let online: OnlineTemplate;
let corps: Corps;
let template: Template;
/** WeCom has exchanged its auth code, and the answer died with the process. */
let answered: Installation;
/** The process died when WeCom had not done anything yet. */
let asked: Installation;
let ofAnswered: Exchange;
let ofAsked: Exchange;
let killedAtMs: number;

const holdCall = (mode: 'before' | 'after') =>
  corps.orderFault({ target: 'api', match: GET_PERMANENT_CODE, kind: 'hold', mode, subject: online.suiteId });

/** An admin scans, and the call for the permanent code waits at WeCom. */
const scanAndHold = async (mode: 'before' | 'after'): Promise<{ app: Installation; exchange: Exchange }> => {
  const known = (await corps.exchanges()).map(({ id }) => id);
  const fault = await holdCall(mode);
  const app = await corps.scan(await corps.createCorp());
  await eventually(async () => (await fault.waiting()) === 1);
  const exchange = (await corps.exchanges()).find(({ id }) => !known.includes(id));
  return { app, exchange: exchange! };
};

/** All of it is in the middle at the same moment; what takes long to come back is looked at by the last tests. */
beforeAll(async () => {
  stage = await makeKillStage({ env: { 'wecom-sandbox': { SANDBOX_RESEND_AFTER_MS: '4000' } } });
  await stage.stack.start();
  online = await bringTemplateOnline(stage.stack);
  corps = corpsOf(online);
  template = templateOf(online.doors, online.templateId);
  await template.edit({ introduction: '销售与客户服务管理' });

  ({ app: answered, exchange: ofAnswered } = await scanAndHold('after'));
  ({ app: asked, exchange: ofAsked } = await scanAndHold('before'));
  const outcome = stage.wires.review.mongo.hold('REQUEST', {
    words: 'review: the outcome of the prechecks',
    is: ({ name, bytes }) => name === 'findAndModify' && bytes.includes('review_items'),
  });
  await template.submit();
  await stage.killAndRestart(['authorization', 'review'], [outcome]);
  killedAtMs = Date.now();
}, 120_000);

afterAll(() => stage?.stop(), 60_000);

describe('callback', () => {
  const holdPublication = (what: 'REQUEST' | 'ANSWER'): Hold =>
    stage.wires.callback.kafka.hold(what, {
      words: 'callback: an event of WeCom on its way to Kafka',
      is: ({ name, bytes }) => name === 'Produce' && bytes.includes(stage.topicName(wecomSuiteTopic.topic)),
    });

  /** Scans, lets `interrupt` do its worst, and returns what there is more than before when all is well again. */
  const scanThrough = async (interrupt: (app: Installation) => Promise<void>) => {
    const count = async () => ({
      events: await countSuiteEvents(stage.stack),
      exchanges: (await corps.exchanges()).length,
      installs: await corps.installs(),
    });
    const before = await count();
    const app = await corps.scan(await corps.createCorp());
    await interrupt(app);
    const granted = await corps.untilAuthorization(app, isObserved);
    await corps.untilTakenIn(granted.id);
    await corps.untilDelivered(app, 'create_auth');
    await stage.untilCaughtUp('authorization');
    const after = await count();
    return {
      granted,
      pushes: await corps.pushes(app.corpId, 'create_auth'),
      more: {
        events: after.events - before.events,
        exchanges: after.exchanges - before.exchanges,
        installs: after.installs - before.installs,
      },
    };
  };

  it('is dead when a create_auth comes: WeCom sends it again', async () => {
    const { callback } = stage.stack.processes;
    await callback.kill();
    const { granted, pushes, more } = await scanThrough(async (app) => {
      await eventually(async () => (await corps.pushes(app.corpId))[0]?.attempts.some(({ ok }) => !ok));
      await callback.start();
    });

    expect(granted.epochs).toHaveLength(1);
    expect(pushes).toHaveLength(1);
    expect(pushes[0]?.attempts.map(({ ok }) => ok)).toEqual(expect.arrayContaining([false, true]));
    expect(more).toEqual({ events: 1, exchanges: 1, installs: 1 });
  }, 60_000);

  it('dies before Kafka has the event: WeCom sends it again', async () => {
    const hold = holdPublication('REQUEST');
    const { granted, more } = await scanThrough(() => stage.killAndRestart(['callback'], [hold]));

    expect(granted.epochs).toHaveLength(1);
    expect(more).toEqual({ events: 1, exchanges: 1, installs: 1 });
  }, 60_000);

  it('dies when Kafka has the event and WeCom has no answer: published twice, exchanged once', async () => {
    const hold = holdPublication('ANSWER');
    const { granted, more } = await scanThrough(() => stage.killAndRestart(['callback'], [hold]));

    expect(granted.epochs).toHaveLength(1);
    expect(more).toEqual({ events: 2, exchanges: 1, installs: 1 });
  }, 60_000);
});

describe('gateway', () => {
  it('dies while a mutation is on its way: repeated with the same key, it was done once', async () => {
    const { doors } = online;
    const { publisherId, developer } = doors;
    const list = async (): Promise<readonly { id: string }[]> =>
      (
        await developer.ask<{ delegatedTemplates: { nodes: { id: string }[] } }>(
          'query Templates($id: ID!) { delegatedTemplates(publisherId: $id) { nodes { id } } }',
          { id: publisherId },
        )
      ).delegatedTemplates.nodes;
    const input = { idempotencyKey: randomUUID(), publisherId, content: { name: '示例审批' } };
    const create = () =>
      developer.ask(operations.CreateTemplateDocument, { input });
    const before = await list();
    const hold = stage.wires.template.mongo.hold('REQUEST', {
      words: 'template: the new template',
      is: ({ name, bytes }) => name === 'insert' && bytes.includes('delegated_templates'),
    });

    const unanswered = expect(create()).rejects.toThrow('fetch failed');
    await stage.killAndRestart(['gateway'], [hold]);
    await unanswered;
    const { id } = (await create()).createDelegatedTemplate.template;

    expect((await list()).map((one) => one.id)).toEqual([id, ...before.map((one) => one.id)]);
  });
});

describe('authorization', () => {
  const ended = ({ id }: Exchange): Promise<Exchange> =>
    eventually(async () => {
      const exchange = (await corps.exchanges()).find((one) => one.id === id);
      const isOver = exchange !== undefined && (exchange.failure !== null || exchange.authorization !== null);
      return isOver ? exchange : null;
    }, AFTER_ATTEMPT);

  it('dies before WeCom has done anything: the code is exchanged', async () => {
    const exchange = await ended(ofAsked);
    const granted = await corps.untilAuthorization(asked, isObserved);

    expect(exchange).toMatchObject({ state: 'EXCHANGED', failure: null, authorization: { id: granted.id } });
    expect(granted.epochs).toHaveLength(1);
  }, 100_000);

  it('dies before WeCom’s answer is stored: CODE_CONSUMED, an alarm, and a person repairs it', async () => {
    const exchange = await ended(ofAnswered);
    const authorizations = await corps.authorizations(answered.encryptedCorpId);
    const metrics = await (await fetch(`${stage.stack.urls.authorization}/metrics`)).text();
    await corps.resetSecret(answered);
    const repaired = await corps.untilAuthorization(answered, isObserved);
    const { accessToken } = await askAppToken(stage.stack.urls.authorization, online, repaired.id);

    expect(exchange).toMatchObject({ state: 'FAILED', failure: 'CODE_CONSUMED', authorization: null });
    expect(authorizations).toEqual([]);
    expect(metrics).toMatch(/authorization_alarms_total\{[^}]*alarm="exchange\.code-consumed"[^}]*\} 1/);
    expect(repaired.epochs).toHaveLength(1);
    expect(await tryAppToken(stage.stack.urls['wecom-sandbox'], answered, accessToken)).toBe(0);
  }, 100_000);
});

describe('review', () => {
  it('dies when the prechecks are done and not stored: they are done again', async () => {
    const item = await eventually(async () => {
      const [newest] = await template.items();
      return newest?.state === 'PENDING' ? newest : null;
    }, { timeoutMs: Math.max(1000, killedAtMs + JOB_BACK_MS - Date.now()) });

    expect(await template.items()).toHaveLength(3);
    expect(item.verdicts).toEqual([]);
    expect(await template.look()).toMatchObject({ status: 'ONLINE', workingRevision: { status: 'IN_REVIEW' } });
  }, 100_000);
});
