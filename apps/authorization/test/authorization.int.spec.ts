import { connectRedis } from '@daikaifa/redis';
import { eventually, silentLogger, viewerOf } from '@daikaifa/testing';
import { PATHS } from './fake-wecom';
import { bearerOf, must } from './harness';
import { openScene, type Scene } from './scene';

const REREAD = `mutation ($input: RereadAuthorizationInput!) {
  rereadAuthorization(input: $input) { authorization { id } }
}`;
const AUTHORIZATION = `query ($id: ID!) { authorization(id: $id) { id corp { id } } }`;
const LIST = `query ($templateId: ID, $status: AuthorizationStatus, $first: Int, $after: String) {
  authorizations(templateId: $templateId, status: $status, first: $first, after: $after) {
    nodes { id status } pageInfo { hasNextPage endCursor }
  }
}`;
const CORPS = `query ($representations: [_Any!]!) {
  _entities(representations: $representations) { ... on Corp { id name } }
}`;

interface Listed {
  readonly authorizations: {
    readonly nodes: ReadonlyArray<{ readonly id: string; readonly status: string }>;
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
  };
}

let scene: Scene;
let suite: Awaited<ReturnType<Scene['newSuite']>>;

beforeAll(async () => {
  scene = await openScene();
});
afterAll(() => scene.close());
beforeEach(async () => {
  suite = await scene.newSuite();
});

const nowSec = (): number => Math.floor(Date.now() / 1000);
const change = (corpId: string) => scene.send(suite, { infoType: 'change_auth', authCorpId: corpId });
const viewWhen = (id: string, holds: Parameters<Scene['authorizationWhen']>[1], timeoutMs?: number) =>
  scene.authorizationWhen(suite, (one) => one.id === id && holds(one), timeoutMs);
const authInfoCalls = (corpId: string) =>
  scene.wecom.calls(PATHS.authInfo).filter(({ body }) => body['auth_corpid'] === corpId);
const cancellationOf = (eventId: string) =>
  scene.mongo.connection
    .collection<{ _id: string; status: string; attempts: number; alarm: boolean }>('cancellations')
    .findOne({ _id: eventId });
const replacedSecretOf = async (id: string): Promise<string | null> => {
  const found = await scene.mongo.connection
    .collection<{ _id: string; epochs: ReadonlyArray<{ replacedPermanentCode: string | null }> }>('authorizations')
    .findOne({ _id: id });
  return found!.epochs.at(-1)!.replacedPermanentCode;
};
const ended = (eventId: string) =>
  eventually(async () => {
    const found = await cancellationOf(eventId);
    return found !== null && found.status !== 'WAITING' ? found.status : null;
  });

describe('change_auth', () => {
  it('that disables the app keeps its permissions, and enabling shows it again', async () => {
    const { app, view } = await scene.granted(suite);
    app.disabled = true;
    await change(app.corpId);

    const disabled = await viewWhen(view.id, ({ current }) => !current.enabled);
    expect(disabled).toMatchObject({
      status: 'ACTIVE',
      current: { disabledReason: 'BY_CORP', observation: { permissions: { codes: ['app:message:send', 'contact:base:base'] } } },
    });

    app.disabled = false;
    app.permissions = ['contact:base:base'];
    await change(app.corpId);
    const enabled = await viewWhen(view.id, ({ current }) => current.enabled);
    expect(enabled.current).toMatchObject({ disabledReason: null });
    await viewWhen(view.id, ({ current }) => current.observation.permissions?.codes.length === 1);
  });

  it('is read although WeCom could not be asked at first', async () => {
    const { app, view } = await scene.granted(suite);
    app.publishStatus = 1;
    const before = authInfoCalls(app.corpId).length;
    app.unreadable = true;
    await change(app.corpId);
    await eventually(() => authInfoCalls(app.corpId).length >= before + 2);
    app.unreadable = false;

    await viewWhen(view.id, ({ current }) => current.observation.publishStatus?.value === 1);
  });
});

describe('cancel_auth', () => {
  it('destroys secrets, tokens and the corp facts once WeCom confirms it', async () => {
    const { app, view } = await scene.granted(suite);
    scene.wecom.cancel(app);
    const eventId = await scene.send(suite, { infoType: 'cancel_auth', authCorpId: app.corpId });

    const cancelled = await viewWhen(view.id, ({ status }) => status === 'CANCELLED');

    expect(cancelled).toMatchObject({
      corp: { id: app.corpId, name: null },
      current: { epoch: 1, status: 'CANCELLED', enabled: false, secretsDestroyed: true },
    });
    expect(await ended(eventId)).toBe('CONFIRMED');
    const redis = connectRedis({
      url: scene.config.redis.cacheUrl,
      prefix: `${scene.config.redis.prefix}:authorization`,
      logger: silentLogger(),
    });
    const left = await redis.client.keys(`${scene.config.redis.prefix}:authorization:value:app:${view.id}*`);
    await redis.close();
    expect(left).toEqual([]);
    const told = await eventually(() => scene.events.of(view.id).find(({ type }) => type === 'authorization.cancelled'));
    expect(told.state.status).toBe('CANCELLED');
  });

  it('destroys nothing while WeCom still takes the secret', async () => {
    const { app, view } = await scene.granted(suite);
    const eventId = await scene.send(suite, { infoType: 'cancel_auth', authCorpId: app.corpId });
    await eventually(async () => ((await cancellationOf(eventId))?.attempts ?? 0) >= 2);

    expect(await viewWhen(view.id, () => true)).toMatchObject({ status: 'ACTIVE', current: { secretsDestroyed: false } });

    // The event was only early.
    scene.wecom.cancel(app);
    await viewWhen(view.id, ({ status }) => status === 'CANCELLED');
    expect(await ended(eventId)).toBe('CONFIRMED');
  });

  it('raises an alarm when WeCom keeps taking the secret', async () => {
    const { app } = await scene.granted(suite);
    const eventId = await scene.send(suite, { infoType: 'cancel_auth', authCorpId: app.corpId });

    await eventually(async () => (await cancellationOf(eventId))?.alarm === true, { timeoutMs: 20_000 });
    const alarms = () =>
      scene.lines.filter((line) => line['alarm.name'] === 'cancellation.unconfirmed' && line['cancellation.id'] === eventId);
    // Raised after the write that was just seen.
    await eventually(() => alarms().length > 0);
    expect(alarms()).toHaveLength(1);
  });

  it('before the exchange is done ends CANCELLED', async () => {
    const { app, code } = scene.wecom.authorize();
    const release = scene.wecom.holdAnswers();
    await scene.send(suite, { infoType: 'create_auth', authCode: code });
    await eventually(() => app.secret !== null);
    scene.wecom.cancel(app);
    const eventId = await scene.send(suite, { infoType: 'cancel_auth', authCorpId: app.corpId });
    await eventually(async () => (await cancellationOf(eventId)) !== null);
    expect((await scene.tree(suite.viewer, suite.templateId)).authorizations.nodes).toEqual([]);

    release();

    const cancelled = await scene.authorizationWhen(suite, ({ status }) => status === 'CANCELLED');
    expect(cancelled).toMatchObject({ corp: { id: app.corpId, name: null }, current: { epoch: 1, secretsDestroyed: true } });
    expect(await ended(eventId)).toBe('CONFIRMED');
  });
});

describe('epochs', () => {
  it('a re-scan after a cancellation opens epoch 2, which late events of epoch 1 do not touch', async () => {
    const { app, view } = await scene.granted(suite, { timestampSec: nowSec() - 100 });
    scene.wecom.cancel(app);
    const cancelEvent = { infoType: 'cancel_auth', authCorpId: app.corpId, timestampSec: nowSec() - 50 };
    const eventId = await scene.send(suite, cancelEvent);
    await viewWhen(view.id, ({ status }) => status === 'CANCELLED');

    const again = scene.wecom.authorize({ corpId: app.corpId });
    await scene.send(suite, { infoType: 'create_auth', authCode: again.code });
    const second = await viewWhen(view.id, ({ status }) => status === 'ACTIVE');
    expect(second.epochs.map(({ epoch, status }) => [epoch, status])).toEqual([
      [2, 'ACTIVE'],
      [1, 'CANCELLED'],
    ]);

    await scene.send(suite, { ...cancelEvent, eventId });
    const late = await scene.send(suite, cancelEvent);
    expect(await ended(late)).toBe('DROPPED');
    await change(app.corpId);
    const after = await viewWhen(view.id, (one) => one.version > second.version + 1 && scene.isRead(one));
    expect(after).toMatchObject({ status: 'ACTIVE', current: { epoch: 2, secretsDestroyed: false } });
    expect(after.epochs[1]).toMatchObject({ epoch: 1, status: 'CANCELLED', secretsDestroyed: true });
  });

  it('a re-scan that overtakes the cancellation closes epoch 1 by itself', async () => {
    const { app, view } = await scene.granted(suite, { timestampSec: nowSec() - 100 });
    scene.wecom.cancel(app);
    const again = scene.wecom.authorize({ corpId: app.corpId });
    await scene.send(suite, { infoType: 'create_auth', authCode: again.code });
    await viewWhen(view.id, ({ current }) => current.epoch === 2);

    const late = await scene.send(suite, {
      infoType: 'cancel_auth',
      authCorpId: app.corpId,
      timestampSec: nowSec() - 50,
    });

    expect(await ended(late)).toBe('DROPPED');
    expect(await viewWhen(view.id, () => true)).toMatchObject({
      status: 'ACTIVE',
      epochs: [{ epoch: 2, status: 'ACTIVE' }, { epoch: 1, status: 'CANCELLED', secretsDestroyed: true }],
    });
  });

  it('reset_permanent_code rotates the secret within the epoch', async () => {
    const { app, view } = await scene.granted(suite);
    const before = app.secret;
    app.publishStatus = 1;
    await scene.send(suite, { infoType: 'reset_permanent_code', authCode: scene.wecom.reset(app) });

    const rotated = await viewWhen(view.id, ({ current }) => current.observation.publishStatus?.value === 1);

    expect(app.secret).not.toBe(before);
    expect(rotated.epochs).toMatchObject([{ epoch: 1, status: 'ACTIVE' }]);
    const tokenCalls = scene.wecom.calls(PATHS.token).filter(({ query }) => query['corpid'] === app.corpId);
    expect(tokenCalls.map(({ query }) => query['corpsecret'])).toEqual([before, app.secret]);
    await eventually(() => scene.events.of(view.id).some(({ type }) => type === 'authorization.rotated'));
  });

  it('a replaced secret goes on until WeCom takes the new one', async () => {
    const { app, view } = await scene.granted(suite);
    const before = app.secret;
    app.resetsLate = true;
    app.users = ['woUser1', 'woUser2'];
    await scene.send(suite, { infoType: 'reset_permanent_code', authCode: scene.wecom.reset(app) });
    await viewWhen(view.id, ({ current }) => current.observation.scope?.users === 2);

    const bearer = await bearerOf(['BACKEND'], [suite.publisherId]);
    const askForToken = () =>
      fetch(`${scene.app.url}/v1/authorizations/${view.id}/app-token`, { headers: { authorization: bearer } });
    expect((await askForToken()).status).toBe(200);
    expect(await replacedSecretOf(view.id)).not.toBeNull();

    scene.wecom.takeReset(app);
    await eventually(async () => (await replacedSecretOf(view.id)) === null);
    expect((await askForToken()).status).toBe(200);
    const used = scene.wecom.calls(PATHS.token).filter(({ query }) => query['corpid'] === app.corpId);
    expect(used.map(({ query }) => query['corpsecret'])).toContain(before);
    expect(used.at(-1)?.query['corpsecret']).toBe(app.secret);
    // WeCom counts refused secrets: the new one was tried once before it worked.
    expect(used.filter(({ query }) => query['corpsecret'] === app.secret)).toHaveLength(2);
    expect((await viewWhen(view.id, () => true)).epochs).toMatchObject([{ epoch: 1, status: 'ACTIVE' }]);
  });

  it('a re-scan waits until WeCom can be asked about the old secret', async () => {
    const { app, view } = await scene.granted(suite, { timestampSec: nowSec() - 100 });
    scene.wecom.cancel(app);
    const again = scene.wecom.authorize({ corpId: app.corpId });
    again.app.unreadable = true;
    await scene.send(suite, { infoType: 'create_auth', authCode: again.code });

    const waiting = await scene.exchangeWhen(suite, ({ text }) => text !== null);
    expect(waiting).toMatchObject({ state: 'EXCHANGED', authorization: null, endedAt: null });
    again.app.unreadable = false;
    await viewWhen(view.id, ({ current }) => current.epoch === 2);
  });
});

describe('who may', () => {
  it('sees nothing of another tenant', async () => {
    const { app, view } = await scene.granted(suite);
    const stranger = viewerOf(['PUBLISHER_ADMIN'], ['another-publisher']);
    const representations = [{ __typename: 'Corp', id: app.corpId }];

    expect((await scene.graphql<{ authorization: null }>(stranger, AUTHORIZATION, { id: view.id })).data.authorization).toBeNull();
    expect((await must(scene.graphql<Listed>(stranger, LIST))).authorizations.nodes).toEqual([]);
    expect((await must(scene.graphql<Listed>(stranger, LIST, { templateId: suite.templateId }))).authorizations.nodes).toEqual([]);
    expect((await scene.tree(stranger, suite.templateId)).authorizations.nodes).toEqual([]);
    expect((await scene.tree(stranger, suite.templateId)).exchanges.nodes).toEqual([]);
    expect(await must(scene.graphql(stranger, CORPS, { representations }))).toEqual({ _entities: [null] });
    expect(await must(scene.graphql(suite.viewer, CORPS, { representations }))).toEqual({
      _entities: [{ id: app.corpId, name: '示例企业' }],
    });
    expect((await scene.graphql(stranger, REREAD, { input: { authorizationId: view.id } })).fault?.code).toBe('NOT_FOUND');
  });

  it.each(['VIEWER', 'REVIEWER', 'BACKEND', 'OPERATOR'] as const)('%s may not ask for a re-read', async (role) => {
    const viewer = viewerOf([role], [suite.publisherId]);

    expect((await scene.graphql(viewer, REREAD, { input: { authorizationId: 'any' } })).fault?.code).toBe('FORBIDDEN');
  });

  it('BACKEND may not list authorizations', async () => {
    expect((await scene.graphql(viewerOf(['BACKEND'], [suite.publisherId]), LIST)).fault?.code).toBe('FORBIDDEN');
  });

  it('a re-read of a cancelled authorization is refused', async () => {
    const { app, view } = await scene.granted(suite);
    scene.wecom.cancel(app);
    await scene.send(suite, { infoType: 'cancel_auth', authCorpId: app.corpId });
    await viewWhen(view.id, ({ status }) => status === 'CANCELLED');

    const { fault } = await scene.graphql(suite.admin, REREAD, { input: { authorizationId: view.id } });
    expect(fault?.code).toBe('INVALID_STATE');
  });

  it('lists by status, page by page, newest first', async () => {
    const first = await scene.granted(suite);
    const second = await scene.granted(suite);
    const third = await scene.granted(suite);
    scene.wecom.cancel(second.app);
    await scene.send(suite, { infoType: 'cancel_auth', authCorpId: second.app.corpId });
    await viewWhen(second.view.id, ({ status }) => status === 'CANCELLED');

    const one = (await must(scene.graphql<Listed>(suite.viewer, LIST, { status: 'ACTIVE', first: 1 }))).authorizations;
    const two = (
      await must(scene.graphql<Listed>(suite.viewer, LIST, { status: 'ACTIVE', first: 1, after: one.pageInfo.endCursor }))
    ).authorizations;
    const cancelled = (await must(scene.graphql<Listed>(suite.viewer, LIST, { status: 'CANCELLED' }))).authorizations;

    expect(one.nodes.map(({ id }) => id)).toEqual([third.view.id]);
    expect(two.nodes.map(({ id }) => id)).toEqual([first.view.id]);
    expect([one.pageInfo.hasNextPage, two.pageInfo.hasNextPage]).toEqual([true, false]);
    expect(cancelled.nodes.map(({ id }) => id)).toEqual([second.view.id]);
  });
});

describe('secrets', () => {
  const formsOf = (secret: string): readonly string[] => [
    secret,
    encodeURIComponent(secret),
    Buffer.from(secret).toString('base64').replace(/=+$/, ''),
  ];

  const storedInMongo = async (): Promise<string> => {
    const { connection } = scene.mongo;
    const collections = await connection.listCollections();
    const contents = await Promise.all(
      collections.map(({ name }) => connection.collection(name).find({}).toArray()),
    );
    return JSON.stringify(contents);
  };

  const storedInRedis = async (): Promise<string> => {
    const { cacheUrl, prefix } = scene.config.redis;
    const redis = connectRedis({ url: cacheUrl, prefix, logger: silentLogger() });
    const keys = await redis.client.keys(`${prefix}:*`);
    const values = await Promise.all(
      keys.map(async (key) => {
        const name = key.slice(prefix.length + 1);
        return (await redis.client.dumpBuffer(name))?.toString('latin1') ?? '';
      }),
    );
    await redis.close();
    return [...keys, ...values].join('\n');
  };

  it('are nowhere in the clear: not in MongoDB, Redis, events or logs', async () => {
    const { app } = await scene.granted(suite);
    const { view } = await scene.granted(suite);
    await eventually(() => scene.events.of(view.id).length === 2);
    const events = JSON.stringify(scene.events.of(view.id));
    const places = { mongo: await storedInMongo(), redis: await storedInRedis(), events, logs: JSON.stringify(scene.lines) };

    // Each place was really looked at.
    expect(places.mongo).toContain(app.corpId);
    expect(places.redis).toContain('value:app:');
    expect(places.events).toContain('authorization.granted');
    expect(places.logs.length).toBeGreaterThan(1000);
    expect(scene.wecom.secrets.size).toBeGreaterThan(20);
    const found = Object.entries(places).flatMap(([place, content]) =>
      [...scene.wecom.secrets].filter((secret) => formsOf(secret).some((form) => content.includes(form))).map((secret) => `${place}: ${secret}`),
    );
    expect(found).toEqual([]);
  });
});
