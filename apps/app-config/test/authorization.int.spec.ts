import { appConfigErasureTopic, authorizationTopic, corpAppTopic, type CorpAppState, type ErasureState } from '@daikaifa/contracts';
import { clientOf, graphqlOf, watchTopic } from '@daikaifa/harness';
import { AppError, derivedId, text } from '@daikaifa/kernel';
import { createDeadLetterDesk } from '@daikaifa/messaging';
import { connectMongo, type MongoConnection } from '@daikaifa/mongo';
import type { App } from '@daikaifa/service';
import { eventually, silentLogger } from '@daikaifa/testing';
import {
  agentOf,
  cancelled,
  createWorld,
  epochOf,
  hasStep,
  NOTHING_READ,
  ownConfig,
  publishStatus,
  scopeOf,
  startApp,
  type CorpAppView,
  type World,
} from './harness';

const config = ownConfig();
let app: App;
let world: World;
let mongo: MongoConnection;
let topic: Awaited<ReturnType<typeof watchTopic<CorpAppState>>>;
let erasures: Awaited<ReturnType<typeof watchTopic<ErasureState>>>;

beforeAll(async () => {
  // What is granted before the service exists: see "starts late".
  world = await createWorld(() => app, graphqlOf, config);
  await world.publishTemplate();
  await world.authorize('granted-early', [cancelled(1), epochOf({ epoch: 2 })]);
  app = await startApp(config);
  topic = await watchTopic(config, corpAppTopic);
  erasures = await watchTopic(config, appConfigErasureTopic);
  const { url, databasePrefix } = config.mongo;
  mongo = await connectMongo({ url, database: `${databasePrefix}app-config`, maxPoolSize: 2, logger: silentLogger() });
});
afterAll(async () => {
  await mongo.close();
  await erasures.stop();
  await topic.stop();
  await world.stop();
  await app.stop();
});

const typesOf = (id: string) => topic.of(id).map(({ type }) => type);
const later = '2026-03-02T10:00:00.000Z';
const latest = '2026-03-02T11:00:00.000Z';
const observing = (observation: object) => epochOf({ observation: { ...NOTHING_READ, ...observation } });
const statusIs = (status: string) => (view: CorpAppView) => view.status === status;
const tombstoneOf = (authorizationId: string, epoch: number) =>
  eventually(() => {
    const seen = erasures.of(derivedId('erasure', 'app-config', authorizationId, String(epoch)));
    return seen.length === 0 ? null : seen;
  });

/** Every document of every collection in which the text stands somewhere. */
const hitsOf = async (needle: string): Promise<readonly string[]> => {
  const database = mongo.connection.getClient().db(`${config.mongo.databasePrefix}app-config`);
  const hits: string[] = [];
  for (const { name } of await database.listCollections().toArray()) {
    for (const document of await database.collection(name).find({}).toArray()) {
      if (JSON.stringify(document).includes(needle)) {
        hits.push(name);
      }
    }
  }
  return hits;
};

describe('an app is made by the authorization', () => {
  it('one per epoch', async () => {
    const view = await world.grant();
    expect(view).toMatchObject({ status: 'TO_DEVELOP', corpLabel: 'DEVELOPING', usable: false, erased: false });
    await eventually(() => typesOf(view.id).length > 0);
    expect(topic.of(view.id)[0]).toMatchObject({
      type: 'corp-app.created',
      state: {
        templateId: world.templateId,
        authorizationId: view.authorizationId,
        corpId: `wpCorpOf${view.authorizationId}`,
        epoch: 1,
        status: 'TO_DEVELOP',
        environment: 'FORMAL',
      },
    });
    await world.authorize(view.authorizationId, [cancelled(1), epochOf({ epoch: 2 })]);
    const second = await world.findWhen(world.idOf(view.authorizationId, 2));
    expect(second.id).not.toBe(view.id);
    expect(second.status).toBe('TO_DEVELOP');
    await world.findWhen(view.id, statusIs('CANCELLED'));
    const query = `query ($representations: [_Any!]!) {
      _entities(representations: $representations) { ... on Authorization { corpApp { id } } }
    }`;
    const representations = [{ __typename: 'Authorization', id: view.authorizationId }];
    const { data } = await world.graphql(world.tenant.admin, query, { representations });
    expect(data).toEqual({ _entities: [{ corpApp: { id: second.id } }] });
  });

  it('also when the service starts late: for the live epoch, and no app for one that was cancelled before', async () => {
    expect((await world.findWhen(world.idOf('granted-early', 2))).status).toBe('TO_DEVELOP');
    expect(await world.find(world.idOf('granted-early', 1))).toBeNull();
    const nothing = { 'corp-app': 0, observation: 0, drift: 0, 'trusted-domain': 0 };
    expect((await tombstoneOf('granted-early', 1)).map(({ state }) => state.counts)).toEqual([nothing]);
    // Nor does a late state of it bring it back.
    await world.authorize('granted-early', [epochOf({ epoch: 1 }), epochOf({ epoch: 2, enabled: false })]);
    await world.findWhen(world.idOf('granted-early', 2), ({ unusableReasons }) => unusableReasons.includes('DISABLED'));
    expect(await world.find(world.idOf('granted-early', 1))).toBeNull();
  });

  it('once, however often it is said', async () => {
    const view = await world.grant();
    await world.authorize(view.authorizationId, [epochOf()]);
    await world.authorize(view.authorizationId, [epochOf({ enabled: false })]);
    await world.findWhen(view.id, ({ unusableReasons }) => unusableReasons.includes('DISABLED'));
    await eventually(() => typesOf(view.id).length === 2);
    expect(typesOf(view.id)).toEqual(['corp-app.created', 'corp-app.observed']);
  });
});

describe('observations', () => {
  it('keep environment, enabled flag, publish status and visible range', async () => {
    const view = await world.grant();
    await world.authorize(view.authorizationId, [
      { ...observing({ publishStatus: publishStatus(2), scope: scopeOf(2) }), environment: 'TEST' },
    ]);
    expect(await world.findWhen(view.id, statusIs('ONLINE'))).toMatchObject({
      environment: 'TEST',
      corpLabel: 'ENABLED',
      enabled: true,
      usable: true,
      unusableReasons: [],
      publishStatus: 2,
      visibleRange: { users: 2, parties: 0, tags: 0 },
    });
    await world.authorize(view.authorizationId, [
      { ...observing({ publishStatus: publishStatus(2), scope: scopeOf(0, 0, later) }), enabled: false },
    ]);
    expect((await world.findWhen(view.id, ({ usable }) => !usable)).unusableReasons).toEqual(['DISABLED', 'VISIBLE_RANGE_EMPTY']);
  });

  it('show what was changed in WeCom’s console as drift, until somebody takes note of it', async () => {
    const view = await world.grant({ observation: { ...NOTHING_READ, agent: agentOf(), publishStatus: publishStatus(0) } });
    await world.authorize(view.authorizationId, [
      observing({ agent: agentOf({ name: '别的', redirectDomain: 'Else.example.com' }, later), publishStatus: publishStatus(1, later) }),
    ]);
    const drifted = await world.findWhen(view.id, ({ drift }) => drift.length > 0);
    expect(drifted.status).toBe('DEVELOPING');
    expect(drifted.drift).toMatchObject([
      { field: 'TRUSTED_DOMAIN', before: '', after: 'else.example.com', acknowledgedBy: null },
      { field: 'NAME', before: '云帆客户', after: '别的', acknowledgedBy: null },
      { field: 'PUBLISH_STATUS', before: '0', after: '1', acknowledgedBy: null },
    ]);
    await eventually(() => typesOf(view.id).at(-1) === 'corp-app.drifted');
    const driftIds = drifted.drift.slice(1).map(({ id }) => id);
    await world.change('acknowledgeDrift', { ...world.target(drifted), driftIds }, world.tenant.developer);
    expect((await world.find(view.id))?.drift).toMatchObject([
      { acknowledgedBy: null },
      { acknowledgedBy: world.tenant.developer.subject },
      { acknowledgedBy: world.tenant.developer.subject },
    ]);
  });

  it('tick the checklist after the launch: small range, then wider', async () => {
    const view = await world.grant({ observation: { ...NOTHING_READ, publishStatus: publishStatus(2), scope: scopeOf(0) } });
    expect(hasStep('SMALL_RANGE')(view)).toBe(false);
    await world.authorize(view.authorizationId, [observing({ publishStatus: publishStatus(2), scope: scopeOf(2, 0, later) })]);
    const small = await world.findWhen(view.id, hasStep('SMALL_RANGE'));
    expect(hasStep('WIDEN_RANGE')(small)).toBe(false);
    await world.authorize(view.authorizationId, [observing({ publishStatus: publishStatus(2), scope: scopeOf(2, 1, latest) })]);
    await world.findWhen(view.id, hasStep('WIDEN_RANGE'));
  });
});

describe('the consumer of authorizations', () => {
  it('drops an older state that comes after a newer one', async () => {
    const view = await world.grant();
    const state = (epochs: ReturnType<typeof epochOf>[]) => ({
      id: view.authorizationId,
      publisherId: world.tenant.id,
      templateId: world.templateId,
      suiteId: 'dk0001',
      corpId: `wpCorpOf${view.authorizationId}`,
      status: 'ACTIVE' as const,
      epochs,
    });
    await world.other.state(authorizationTopic, 9, state([observing({ publishStatus: publishStatus(1, later) })]));
    await world.other.state(authorizationTopic, 8, state([observing({ publishStatus: publishStatus(0) })]));
    await world.other.state(authorizationTopic, 10, state([observing({ publishStatus: publishStatus(1, later), scope: scopeOf(1) })]));
    const seen = await world.findWhen(view.id, (found) => !found.unusableReasons.includes('VISIBLE_RANGE_UNKNOWN'));
    expect(seen).toMatchObject({ publishStatus: 1, drift: [{ before: '0', after: '1' }] });
  });

  it('puts what it cannot read among the dead letters and goes on', async () => {
    await world.other.raw(authorizationTopic, 'granted-after-nonsense', '{"specversion":"1.0","nonsense":true}');
    await world.authorize('granted-after-nonsense', [epochOf()]);
    await world.findWhen(world.idOf('granted-after-nonsense'));
    // A letter may be there twice, as every event may: its copies count once.
    const [book] = await createDeadLetterDesk(clientOf(config), { send: async () => undefined }).read(['app-config']);
    expect(book?.letters.map(({ key, reason }) => [key, reason])).toEqual([['granted-after-nonsense', 'CONTRACT_BROKEN']]);
  });
});

describe('the cancellation', () => {
  it('ends the app from any state, removes the corp from everything, and says how much', async () => {
    const granted = await world.grant({
      observation: { ...NOTHING_READ, agent: agentOf({ name: '某企业专用名' }), publishStatus: publishStatus(1), scope: scopeOf(1) },
    });
    const view = await world.develop(granted);
    const corpId = `wpCorpOf${granted.authorizationId}`;
    expect(await hitsOf(corpId)).not.toEqual([]);
    await world.change('recordOwnershipFile', { ...world.target(view), fileName: 'WW_verify_a.txt', content: 'a' });
    await world.authorize(granted.authorizationId, [cancelled()], { status: 'CANCELLED' });

    const gone = await world.findWhen(view.id, statusIs('CANCELLED'));
    expect(gone).toMatchObject({
      erased: true,
      cancelledAt: '2026-03-03T09:00:00.000Z',
      corpLabel: null,
      enabled: false,
      usable: false,
      unusableReasons: ['CANCELLED'],
      publishStatus: null,
      visibleRange: null,
      drift: [],
      workingRevision: { status: 'DRAFT', content: { name: '云帆客户' } },
    });
    const states = await tombstoneOf(granted.authorizationId, 1);
    const tombstone = { service: 'app-config', authorizationId: granted.authorizationId, suiteId: 'dk0001', epoch: 1 };
    expect(states.map(({ state }) => state)).toMatchObject([
      { ...tombstone, counts: { 'corp-app': 1, observation: 3, drift: 1, 'trusted-domain': 1 } },
    ]);
    await eventually(() => typesOf(view.id).at(-1) === 'corp-app.erased');
    expect(typesOf(view.id).slice(-2)).toEqual(['corp-app.cancelled', 'corp-app.erased']);
    expect(topic.of(view.id).at(-1)?.state).toMatchObject({ status: 'CANCELLED', corpId: '', erased: true });
    // Events that the broker has acknowledged are taken out of their documents.
    await eventually(async () => (await hitsOf(corpId)).length === 0);
    expect(await hitsOf('某企业专用名')).toEqual([]);

    // What the provider wrote is left, and serves the next corp.
    const next = await world.grant();
    await world.change('copyCorpAppConfiguration', { ...world.target(next), fromCorpAppId: view.id });
    expect(await world.find(next.id)).toMatchObject({ workingRevision: { number: 1, content: { name: '云帆客户' } } });
  });

  it('counts once, however often it is said, and is not undone by a late state of the same epoch', async () => {
    const view = await world.grant();
    await world.authorize(view.authorizationId, [cancelled()], { status: 'CANCELLED' });
    await world.authorize(view.authorizationId, [cancelled()], { status: 'CANCELLED' });
    await world.authorize(view.authorizationId, [epochOf()]);
    await world.authorize(view.authorizationId, [cancelled(), epochOf({ epoch: 2 })]);
    await world.findWhen(world.idOf(view.authorizationId, 2));
    expect((await world.find(view.id))?.status).toBe('CANCELLED');
    expect((await tombstoneOf(view.authorizationId, 1)).map(({ state }) => state.counts)).toEqual([
      { 'corp-app': 1, observation: 0, drift: 0, 'trusted-domain': 0 },
    ]);
  });

  it('is finished after a crash in the middle, without losing the counts', async () => {
    const view = await world.grant();
    await app.stop();
    let faults = 0;
    app = await startApp(config, {
      projections: (real) => ({
        ...real,
        save: async (name, projection) => {
          if (name === 'authorization' && projection.aggregateId === view.authorizationId && faults < 2) {
            faults += 1;
            throw new AppError('UNAVAILABLE', text('断', 'gone'));
          }
          return real.save(name, projection);
        },
      }),
    });
    await world.authorize(view.authorizationId, [cancelled()], { status: 'CANCELLED' });
    await eventually(() => faults === 2);
    await world.findWhen(view.id, statusIs('CANCELLED'));
    const counted = await tombstoneOf(view.authorizationId, 1);
    expect(counted.map(({ state }) => state.counts['corp-app'])).toEqual([1]);
    await eventually(() => typesOf(view.id).at(-1) === 'corp-app.erased');
    expect(typesOf(view.id).filter((type) => type === 'corp-app.erased')).toHaveLength(1);
  });
});
