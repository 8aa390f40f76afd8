import { newId } from '@daikaifa/kernel';
import { eventually } from '@daikaifa/testing';
import type { Authorizations } from '../src/application/authorization-ports';
import { PATHS, refusal, type WecomRequest } from './fake-wecom';
import { openScene, type Scene } from './scene';

/** How often creating an authorization dies, before or after it is written. */
let deaths = 0;
let deathsAfter = 0;
const mortal = (real: Authorizations): Authorizations => ({
  ...real,
  create: async (next, facts) => {
    if (deaths > 0) {
      deaths -= 1;
      throw new Error('the process died here');
    }
    const created = await real.create(next, facts);
    if (deathsAfter > 0) {
      deathsAfter -= 1;
      throw new Error('the process died here');
    }
    return created;
  },
});

let scene: Scene;

beforeAll(async () => {
  scene = await openScene({ authorizations: mortal });
});
afterAll(() => scene.close());

const spends =
  (code: string) =>
  ({ body }: WecomRequest): boolean =>
    body['auth_code'] === code;
const codeCalls = (code: string) => scene.wecom.calls(PATHS.permanentCode).filter(spends(code));
const alarmsOf = (name: string) => scene.lines.filter((line) => line['alarm.name'] === name);

describe('create_auth', () => {
  it('becomes an active authorization that was read, and counts at its link', async () => {
    const suite = await scene.newSuite({ online: true });
    const { authorizationLinks } = await scene.treeWhen(suite, (view) => view.authorizationLinks.nodes.length === 1);
    const { stateParameter } = authorizationLinks.nodes[0]!;

    const { app, view } = await scene.granted(suite, { state: stateParameter });

    expect(view).toMatchObject({
      status: 'ACTIVE',
      corp: { id: app.corpId, name: '示例企业', type: 'verified' },
      current: {
        epoch: 1,
        enabled: true,
        mode: 'ADMIN',
        environment: 'FORMAL',
        secretsDestroyed: false,
        observation: {
          agent: { agentId: app.agentId },
          permissions: { codes: ['app:message:send', 'contact:base:base'] },
          publishStatus: { value: 0 },
          scope: { users: 1, parties: 1, tags: 0 },
        },
      },
    });
    await scene.treeWhen(suite, (tree) => tree.authorizationLinks.nodes[0]!.installs === 1);
    // An exchange ends after its installation was counted.
    const after = await scene.treeWhen(suite, ({ exchanges }) => exchanges.nodes[0]?.authorization !== null);
    expect(after.exchanges.nodes).toMatchObject([
      { source: 'create_auth', state: 'EXCHANGED', failure: null, attempts: 1, authorization: { id: view.id } },
    ]);
    await eventually(() => scene.events.of(view.id).length === 2);
    expect(scene.events.of(view.id).map(({ type }) => type)).toEqual([
      'authorization.granted',
      'authorization.observed',
    ]);
  });

  it('is harmless when it comes again, re-sent or as another event with the same code', async () => {
    const suite = await scene.newSuite();
    const { app, code } = scene.wecom.authorize();
    const event = { infoType: 'create_auth', authCode: code, eventId: newId() };
    await scene.send(suite, event);
    await scene.send(suite, event);
    await scene.send(suite, { ...event, eventId: newId() });
    const view = await scene.authorizationWhen(suite, (one) => one.corp.id === app.corpId && scene.isRead(one));
    await scene.send(suite, { ...event, eventId: newId() });
    // What is behind the duplicate in its partition was dealt with after it.
    const { code: next } = scene.wecom.authorize();
    await scene.send(suite, { infoType: 'create_auth', authCode: next });

    const tree = await scene.treeWhen(suite, ({ exchanges }) => exchanges.nodes.length >= 2);

    expect(tree.exchanges.nodes).toHaveLength(2);
    expect(codeCalls(code)).toHaveLength(1);
    expect(view.epochs).toHaveLength(1);
    await eventually(() => scene.events.of(view.id).length === 2);
    expect(scene.events.of(view.id).map(({ type }) => type)).toEqual(['authorization.granted', 'authorization.observed']);
  });

  it('of a test corp, listed by its plain id, opens a TEST authorization', async () => {
    const { app, code } = scene.wecom.authorize();
    const suite = await scene.newSuite({ testCorpIds: ['wwPlainOther', 'wwPlainTest'] });
    scene.wecom.nameTestCorp('wwPlainTest', app.corpId);

    await scene.send(suite, { infoType: 'create_auth', authCode: code });

    const view = await scene.authorizationWhen(suite, (one) => one.corp.id === app.corpId);
    expect(view.current.environment).toBe('TEST');
  });
});

describe('an exchange that does not work', () => {
  it('waits for a ticket without spending an attempt', async () => {
    const suite = await scene.newSuite({ ticket: false });
    const { code } = scene.wecom.authorize();
    await scene.send(suite, { infoType: 'create_auth', authCode: code });

    const waiting = await scene.exchangeWhen(suite, ({ text }) => text !== null);
    expect(waiting).toMatchObject({ state: 'RECEIVED', attempts: 0, text: { zh: expect.stringContaining('suite_ticket') } });
    expect(codeCalls(code)).toHaveLength(0);

    await suite.sendTicket();
    expect(await scene.exchangeWhen(suite, ({ state }) => state === 'EXCHANGED')).toMatchObject({ attempts: 1 });
  });

  it('goes on after a system error, with the same code', async () => {
    const suite = await scene.newSuite();
    const { code } = scene.wecom.authorize();
    scene.wecom.answerNext(PATHS.permanentCode, refusal(-1), spends(code));
    await scene.send(suite, { infoType: 'create_auth', authCode: code });

    expect(await scene.exchangeWhen(suite, ({ state }) => state === 'EXCHANGED')).toMatchObject({ attempts: 2 });
  });

  it('fails as expired when WeCom does not take the code at the first attempt', async () => {
    const suite = await scene.newSuite();
    await scene.send(suite, { infoType: 'create_auth', authCode: 'a-code-that-nobody-made' });

    const failed = await scene.exchangeWhen(suite, ({ state }) => state === 'FAILED');
    expect(failed).toMatchObject({ failure: 'CODE_EXPIRED', errcode: 40078, attempts: 1, authorization: null });
    expect(failed.endedAt).not.toBeNull();
  });

  it('fails without a call when the code is older than ten minutes', async () => {
    const suite = await scene.newSuite();
    const { code } = scene.wecom.authorize();
    await scene.send(suite, {
      infoType: 'create_auth',
      authCode: code,
      receivedAt: new Date(Date.now() - 601_000),
    });

    expect(await scene.exchangeWhen(suite, ({ state }) => state === 'FAILED')).toMatchObject({ failure: 'CODE_EXPIRED' });
    expect(codeCalls(code)).toHaveLength(0);
  });

  it('fails with the reason in both languages when WeCom refuses for good', async () => {
    const suite = await scene.newSuite();
    const { code } = scene.wecom.authorize();
    scene.wecom.answerNext(PATHS.permanentCode, refusal(48003), spends(code));
    await scene.send(suite, { infoType: 'create_auth', authCode: code });

    expect(await scene.exchangeWhen(suite, ({ state }) => state === 'FAILED')).toMatchObject({
      failure: 'REFUSED',
      errcode: 48003,
      text: { zh: expect.stringContaining('48003'), en: expect.stringContaining('48003') },
    });
    expect(codeCalls(code)).toHaveLength(1);
  });
});

describe('a crash in the middle of an exchange', () => {
  it('after WeCom answered and before it was stored ends in CODE_CONSUMED, an alarm, and is repaired by a reset', async () => {
    const suite = await scene.newSuite();
    const { app, code } = scene.wecom.authorize();
    scene.wecom.loseAnswer(code);
    await scene.send(suite, { infoType: 'create_auth', authCode: code });

    const lost = await scene.exchangeWhen(suite, ({ state }) => state === 'FAILED');
    expect(lost).toMatchObject({ failure: 'CODE_CONSUMED', attempts: 2, authorization: null });
    expect(lost.text?.zh).toContain('重新获取 secret');
    await eventually(() => alarmsOf('exchange.code-consumed').some((line) => line['exchange.id'] === lost.id));

    await scene.send(suite, { infoType: 'reset_permanent_code', authCode: scene.wecom.reset(app) });

    const repaired = await scene.authorizationWhen(suite, (one) => one.corp.id === app.corpId && scene.isRead(one));
    expect(repaired).toMatchObject({ status: 'ACTIVE', current: { epoch: 1 } });
    expect(await scene.exchangeWhen(suite, ({ source }) => source === 'reset_permanent_code')).toMatchObject({
      state: 'EXCHANGED',
    });
  });

  it('after the answer was stored loses nothing: the sweep takes it in, without asking WeCom again', async () => {
    const suite = await scene.newSuite();
    const { app, code } = scene.wecom.authorize();
    deaths = 3;
    await scene.send(suite, { infoType: 'create_auth', authCode: code });

    const view = await scene.authorizationWhen(suite, (one) => one.corp.id === app.corpId, 30_000);

    expect(deaths).toBe(0);
    expect(view).toMatchObject({ status: 'ACTIVE', current: { epoch: 1 } });
    expect(codeCalls(code)).toHaveLength(1);
    await scene.exchangeWhen(suite, ({ endedAt, state }) => state === 'EXCHANGED' && endedAt !== null);
  });

  it('after the authorization was written takes the answer in once', async () => {
    const suite = await scene.newSuite();
    const { app, code } = scene.wecom.authorize();
    deathsAfter = 1;
    await scene.send(suite, { infoType: 'create_auth', authCode: code });

    await scene.exchangeWhen(suite, ({ endedAt, state }) => state === 'EXCHANGED' && endedAt !== null, 30_000);
    const view = await scene.authorizationWhen(suite, (one) => one.corp.id === app.corpId && scene.isRead(one));

    expect(deathsAfter).toBe(0);
    expect(view.epochs).toMatchObject([{ epoch: 1, status: 'ACTIVE' }]);
    await eventually(() => scene.events.of(view.id).length >= 2);
    expect(scene.events.of(view.id).map(({ type }) => type)).toEqual([
      'authorization.granted',
      'authorization.observed',
    ]);
  });

  it('takes an answer that turns up after another process gave up', async () => {
    const suite = await scene.newSuite();
    const { app, code } = scene.wecom.authorize();
    const release = scene.wecom.holdAnswers();
    await scene.send(suite, { infoType: 'create_auth', authCode: code });
    await eventually(() => codeCalls(code).length === 1);
    const { id } = (await scene.tree(suite.viewer, suite.templateId)).exchanges.nodes[0]!;
    await scene.mongo.connection.collection<{ _id: string }>('exchanges').updateOne(
      { _id: id },
      { $set: { status: 'FAILED', failure: 'CODE_CONSUMED' }, $unset: { nextAttemptAt: '' }, $inc: { version: 1 } },
    );

    release();

    await scene.authorizationWhen(suite, (one) => one.corp.id === app.corpId && one.status === 'ACTIVE');
    expect(await scene.exchangeWhen(suite, ({ state }) => state === 'EXCHANGED')).toMatchObject({ failure: null });
  });

  it('keeps neither code nor answer once it is over', async () => {
    const documents = await scene.mongo.connection
      .collection('exchanges')
      .find({ endedAt: { $ne: null } })
      .toArray();

    expect(documents.length).toBeGreaterThan(5);
    for (const document of documents) {
      expect(document).toMatchObject({ sealedCode: null, sealedAnswer: null });
    }
  });
});
