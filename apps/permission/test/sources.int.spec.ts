import { corpAppTopic } from '@daikaifa/contracts';
import { clientOf } from '@daikaifa/harness';
import { corpAppIdOf, AppError, derivedId, text } from '@daikaifa/kernel';
import { deadLetterTopic } from '@daikaifa/messaging';
import { eventually } from '@daikaifa/testing';
import { createWorld, type Corp, type Tenant, type World } from './harness';

const TAG = 'externalcontact:contact:tag';
const BASE = 'externalcontact:base:base';

let world: World;
let tenant: Tenant;
/** Before the service had ever run. */
let early: { readonly live: Corp; readonly gone: Corp };

beforeAll(async () => {
  world = await createWorld();
  tenant = world.newTenant();
  early = { live: world.newCorp(tenant.id), gone: world.newCorp(tenant.id) };
  await world.publishCorpApp(early.live);
  await world.observe(early.live, [TAG]);
  await world.publishCorpApp(early.gone, { status: 'CANCELLED', corpId: '', erased: true });
  // Of what is long gone a compacted topic holds the last state only.
  await world.cancel(early.gone);
  await world.start();
});
afterAll(() => world.stop());

/** Waits for the answer, and for every further one that was written. */
const erasureOf = ({ authorizationId }: Corp) =>
  eventually(async () => {
    const id = derivedId('erasure', 'permission', authorizationId, '1');
    const tombstone = await world.stored('erasures').findOne({ _id: id });
    const answers = world.erasures.of(id);
    return answers.length > 0 && answers.length === tombstone?.sequence ? answers : null;
  });

describe('a service that starts late', () => {
  it('gives each app that lives its set, and answers for those that are gone', async () => {
    const set = await world.setWhen(tenant.admin, early.live.setId, ({ confirmed }) => confirmed !== null);
    expect(set).toMatchObject({ status: 'ACTIVE', confirmed: { permissions: [{ id: TAG }] } });
    const [answer] = await erasureOf(early.gone);
    expect(answer?.state).toMatchObject({
      service: 'permission',
      publisherId: tenant.id,
      epoch: 1,
      counts: { 'permission-set': 0, 'permission-change': 0, 'permission-note': 0 },
    });
    expect(await world.setOf(tenant.admin, early.gone.setId)).toBeNull();
  });
});

describe('the set of an app', () => {
  it('is made by the corp app: never observed is not empty', async () => {
    const corp = world.newCorp(tenant.id);
    await world.publishCorpApp(corp);
    const set = await world.setWhen(tenant.admin, corp.setId);
    expect(set).toMatchObject({ confirmed: null, settings: [], changes: { nodes: [] } });
    expect(await world.observed(tenant.admin, corp, [])).toMatchObject({ confirmed: { permissions: [] } });
  });

  it('is made once, whichever is heard of first', async () => {
    const corp = world.newCorp(tenant.id);
    await world.observed(tenant.admin, corp, [TAG]);
    await world.publishCorpApp(corp);
    await world.publishCorpApp(corp, { status: 'ONLINE', publishStatus: 2 });
    await world.untilFollowed(corp);
    await world.untilTypes(corp.setId, ['set-made', 'effective-changed']);
    expect(world.events.of(corp.setId)[0]?.state).toMatchObject({ corpId: corp.corpId, templateId: 'template-1', epoch: 1 });
  });

  it('keeps what it knows while the app cannot be read', async () => {
    const { corp, set } = await world.authorized(tenant, [TAG]);
    await world.publishAuthorization(corp, [world.epochOf(1, { enabled: false, disabledReason: 'BY_CORP' })]);
    await world.untilFollowed(corp);
    expect((await world.setOf(tenant.admin, set.id))?.confirmed).toEqual(set.confirmed);
  });
});

describe('an observation', () => {
  it('is taken once, and not by an older state', async () => {
    const { corp } = await world.authorized(tenant, [TAG]);
    await world.observe(corp, [BASE], { sequence: 5 });
    await world.setWhen(tenant.admin, corp.setId, ({ confirmed }) => confirmed?.permissions[0]?.id === BASE);
    await world.observe(corp, [BASE], { sequence: 5 });
    await world.observe(corp, [], { sequence: 4 });
    const readAt = await world.observe(corp, [TAG, BASE], { sequence: 6 });
    await world.seen(tenant.admin, corp, readAt);
    await world.untilTypes(corp.setId, ['set-made', ...Array.from({ length: 3 }, () => 'effective-changed')]);
  });

  it('is not undone by an older reading in a newer state', async () => {
    const { corp, set } = await world.authorized(tenant, [TAG]);
    const permissions = { readAt: new Date(world.clock.now().getTime() - 60_000).toISOString(), value: [BASE] };
    const observation = { ...world.epochOf(1).observation, permissions };
    await world.publishAuthorization(corp, [world.epochOf(1, { observation })]);
    await world.publishAuthorization(corp, [world.epochOf(1)]);
    await world.untilFollowed(corp);
    expect((await world.setOf(tenant.admin, set.id))?.confirmed).toEqual(set.confirmed);
  });
});

describe('a cancelled corp', () => {
  it('voids what was asked for, is erased, and answered for with counts', async () => {
    const { corp, set } = await world.authorized(tenant, [TAG]);
    await world.request(tenant.admin, set, [TAG, BASE]);
    await world.cancel(corp);
    const erased = await world.setWhen(tenant.admin, corp.setId, (one) => one.erased);
    expect(erased).toMatchObject({ status: 'CANCELLED', confirmed: null, openRequest: null, changes: { nodes: [] } });
    expect(erased.requests.nodes[0]).toMatchObject({ state: 'VOID', end: { by: 'PLATFORM' } });
    await world.untilTypes(corp.setId, ['set-made', 'effective-changed', 'requested', 'void', 'cancelled', 'erased']);
    expect(world.events.of(corp.setId).at(-1)?.state).toMatchObject({ corpId: '', erased: true, effective: null });
    const answers = await erasureOf(corp);
    expect(answers.map(({ type, state }) => [type, state.counts])).toEqual([
      ['permission.corp-erased', { 'permission-set': 1, 'permission-change': 1, 'permission-note': 0 }],
    ]);
  });

  it('stays erased: what comes late makes nothing again, and is not counted twice', async () => {
    const { corp } = await world.authorized(tenant, [TAG]);
    await world.publishCorpApp(corp, { status: 'CANCELLED' });
    await world.setWhen(tenant.admin, corp.setId, (one) => one.erased);
    await world.cancel(corp);
    await world.publishCorpApp(corp, { status: 'ONLINE' });
    await world.observe(corp, [BASE]);
    await world.untilFollowed(corp);
    expect((await world.setOf(tenant.admin, corp.setId))?.erased).toBe(true);
    expect(await erasureOf(corp)).toHaveLength(1);
    await world.untilTypes(corp.setId, ['set-made', 'effective-changed', 'cancelled', 'erased']);
  });

  it('makes no set for an app that is heard of only after the end', async () => {
    const corp = world.newCorp(tenant.id);
    await world.cancel(corp);
    await erasureOf(corp);
    await world.publishCorpApp(corp);
    await world.untilFollowed(corp);
    expect(await world.setOf(tenant.admin, corp.setId)).toBeNull();
  });

  it('may scan again: the next epoch has a set of its own, which the end of the first leaves alone', async () => {
    const { corp } = await world.authorized(tenant, [TAG]);
    const second = corpAppIdOf(corp.authorizationId, 2);
    const readAt = world.clock.now().toISOString();
    const observation = { ...world.epochOf(2).observation, permissions: { readAt, value: [BASE] } };
    const cancelled = world.epochOf(1, { status: 'CANCELLED', cancelledAt: readAt });
    await world.publishAuthorization(corp, [cancelled, world.epochOf(2, { observation })]);
    const set = await world.setWhen(tenant.admin, second, ({ confirmed }) => confirmed !== null);
    expect(set).toMatchObject({ status: 'ACTIVE', erased: false, confirmed: { permissions: [{ id: BASE }] } });
    expect((await world.setOf(tenant.admin, corp.setId))?.erased).toBe(true);
  });

  it('leaves its id nowhere in the database once its app is erased as well', async () => {
    const { corp } = await world.authorized(tenant, [TAG]);
    await world.cancel(corp);
    await world.publishCorpApp(corp, { status: 'CANCELLED', corpId: '', erased: true });
    await world.untilFollowed(corp);
    const found = async (): Promise<readonly string[]> => {
      const names = (await world.database.listCollections()).map(({ name }) => name);
      const documents = await Promise.all(names.map((name) => world.stored(name).find().toArray()));
      return names.filter((_, index) => JSON.stringify(documents[index]).includes(corp.corpId));
    };
    await eventually(async () => (await found()).length === 0);
  });
});

describe('the consumers', () => {
  it('put what they cannot read among the dead letters and go on', async () => {
    const corp = world.newCorp(tenant.id);
    await world.other.raw(corpAppTopic, corp.setId, '{"specversion":"1.0","nonsense":true}');
    await world.publishCorpApp(corp);
    await world.setWhen(tenant.admin, corp.setId);
    const kafka = clientOf(world.config);
    const deadLetters = await kafka.withAdmin((admin) => admin.fetchTopicOffsets(kafka.topicName(deadLetterTopic('permission'))));
    expect(deadLetters.reduce((sum, { high }) => sum + Number(high), 0)).toBe(1);
  });

  it('repeat the effects after a crash before the projection, and change nothing twice', async () => {
    let faults = 0;
    await world.restart({
      projections: (real) => ({
        ...real,
        save: async (name, projection) => {
          if (name === 'authorization' && faults < 2) {
            faults += 1;
            throw new AppError('UNAVAILABLE', text('断', 'gone'));
          }
          return real.save(name, projection);
        },
      }),
    });
    const corp = world.newCorp(tenant.id);
    await world.observed(tenant.admin, corp, [TAG]);
    await world.cancel(corp);
    await world.setWhen(tenant.admin, corp.setId, (one) => one.erased);
    expect(faults).toBe(2);
    await world.untilTypes(corp.setId, ['set-made', 'effective-changed', 'cancelled', 'erased']);
    expect(await erasureOf(corp)).toHaveLength(1);
  });
});
