import { newId } from '@daikaifa/kernel';
import { eventually } from '@daikaifa/testing';
import { PATHS } from './fake-wecom';
import { openScene, type AuthorizationView, type Scene } from './scene';

let scene: Scene;
let suite: Awaited<ReturnType<Scene['newSuite']>>;

beforeAll(async () => {
  scene = await openScene();
});
afterAll(() => scene.close());
beforeEach(async () => {
  suite = await scene.newSuite();
});

const viewWhen = (id: string, holds: Parameters<Scene['authorizationWhen']>[1]) =>
  scene.authorizationWhen(suite, (one) => one.id === id && holds(one));
const readsOf = (corpId: string): number =>
  scene.wecom.calls(PATHS.authInfo).filter(({ body }) => body['auth_corpid'] === corpId).length;
const planOf = async (id: string) => {
  const found = await scene.mongo.connection
    .collection<{ _id: string; reread: { launch: { itemId: string } | null }; rereadDueAt: Date }>('authorizations')
    .findOne({ _id: id });
  return { launch: found!.reread.launch, dueAt: found!.rereadDueAt };
};

/** The review's item of an app, as it is published. */
const itemOf = (view: AuthorizationView, given: { readonly epoch?: number } = {}) => {
  const id = newId();
  const corpApp = {
    templateId: suite.templateId,
    authorizationId: view.id,
    epoch: given.epoch ?? view.current.epoch,
    batchId: 'batch-1',
  };
  const requestedAt = new Date().toISOString();
  const launch = { requestedBy: 'admin', requestedAt, confirmedBy: null, confirmedAt: null };
  return {
    id,
    requestedAt,
    launching: () => scene.others.reviewItem(id, suite.publisherId, { corpApp, state: 'LAUNCHING', launch }),
    returned: () => scene.others.reviewItem(id, suite.publisherId, { corpApp, state: 'APPROVED', launch: null }),
  };
};

describe('an item that is LAUNCHING', () => {
  it('has its authorization read again and again until the publish status shows the launch', async () => {
    const { app, view } = await scene.granted(suite);
    app.publishStatus = 1;
    const item = itemOf(view);
    const before = readsOf(app.corpId);
    await item.launching();
    await eventually(() => readsOf(app.corpId) >= before + 2);
    expect((await planOf(view.id)).launch).toMatchObject({ itemId: item.id });

    app.publishStatus = 2;
    await viewWhen(view.id, ({ current }) => current.observation.publishStatus?.value === 2);

    const { launch, dueAt } = await planOf(view.id);
    expect(launch).toBeNull();
    expect(dueAt.getTime()).toBeGreaterThan(Date.now() + 3_600_000);
    const told = await eventually(() => {
      const { publishStatus } = scene.events.of(view.id).at(-1)!.state.epochs[0]!.observation;
      return publishStatus?.value === 2 ? publishStatus : null;
    });
    expect(told.readAt > item.requestedAt).toBe(true);
  });

  it('is confirmed by a read after the request, although the status was 2 before', async () => {
    const { app, view } = await scene.granted(suite);
    app.publishStatus = 2;
    await scene.send(suite, { infoType: 'change_auth', authCorpId: app.corpId });
    await viewWhen(view.id, ({ current }) => current.observation.publishStatus?.value === 2);

    const item = itemOf(view);
    await item.launching();

    await eventually(() => {
      const { readAt } = scene.events.of(view.id).at(-1)!.state.epochs[0]!.observation.publishStatus!;
      return readAt > item.requestedAt;
    });
  });

  it('is not looked for any more once it was returned', async () => {
    const { app, view } = await scene.granted(suite);
    const item = itemOf(view);
    await item.launching();
    await eventually(async () => (await planOf(view.id)).launch !== null);
    await item.returned();
    await eventually(async () => (await planOf(view.id)).launch === null);

    // What was planned for it may still be read once; then nothing is due before the routine.
    await eventually(async () => (await planOf(view.id)).dueAt.getTime() > Date.now() + 3_600_000);
    expect((await viewWhen(view.id, () => true)).current.observation.publishStatus?.value).toBe(app.publishStatus);
  });

  it('of another epoch or of a template does nothing', async () => {
    const { view } = await scene.granted(suite);
    const ofAnotherEpoch = itemOf(view, { epoch: 2 });
    await ofAnotherEpoch.launching();
    const launch = { requestedBy: 'admin', requestedAt: new Date().toISOString(), confirmedBy: null, confirmedAt: null };
    const ofTemplate = newId();
    await scene.others.reviewItem(ofTemplate, suite.publisherId, { corpApp: null, state: 'LAUNCHING', launch });

    const heardOf = scene.mongo.connection.collection<{ _id: string }>('projection.review-item');
    // Partitions of their own: one may be dealt with long after the other.
    for (const id of [ofAnotherEpoch.id, ofTemplate]) {
      await eventually(() => heardOf.findOne({ _id: id }));
    }
    expect((await planOf(view.id)).launch).toBeNull();
  });
});

describe('an app that nobody used', () => {
  it('is disabled as INACTIVE by WeCom’s event, and back when the corp takes it back', async () => {
    const { app, view } = await scene.granted(suite);
    app.inactive = true;
    await scene.others.appEvent(suite.suiteId, app.corpId, 'close_inactive_agent');
    const closed = await viewWhen(view.id, ({ current }) => !current.enabled);
    expect(closed).toMatchObject({ status: 'ACTIVE', current: { disabledReason: 'INACTIVE' } });

    app.inactive = false;
    await scene.others.appEvent(suite.suiteId, app.corpId, 'reopen_inactive_agent');
    expect((await viewWhen(view.id, ({ current }) => current.enabled)).current.disabledReason).toBeNull();
  });
});
