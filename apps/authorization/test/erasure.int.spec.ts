import { ERASURE_TOPICS, erasureRecordTopic, type ErasureRecordState } from '@daikaifa/contracts';
import { eventually, manualClock, viewerOf } from '@daikaifa/testing';
import { must, watchTopic } from './harness';
import { openScene, type Scene } from './scene';

const ERASURES = `query ($id: ID!) {
  authorization(id: $id) {
    current { epoch erasure { id } }
    erasures {
      nodes {
        id epoch state completedAt kafkaEmptyAt authorization { id }
        services { service erasedAt counts { kind count } }
      }
    }
  }
}`;

interface ErasureView {
  readonly id: string;
  readonly epoch: number;
  readonly state: 'ERASING' | 'OVERDUE' | 'ERASED';
  readonly kafkaEmptyAt: string;
  readonly services: ReadonlyArray<{
    readonly service: string;
    readonly erasedAt: string | null;
    readonly counts: ReadonlyArray<{ readonly kind: string; readonly count: number }>;
  }>;
}
interface Found {
  readonly authorization: {
    readonly current: { readonly epoch: number; readonly erasure: { readonly id: string } | null };
    readonly erasures: { readonly nodes: readonly ErasureView[] };
  } | null;
}

const clock = manualClock(new Date());
let scene: Scene;
let records: Awaited<ReturnType<typeof watchTopic<ErasureRecordState>>>;
let suite: Awaited<ReturnType<Scene['newSuite']>>;

beforeAll(async () => {
  scene = await openScene({ clock });
  records = await watchTopic(scene.config, erasureRecordTopic);
});
afterAll(async () => {
  await records.stop();
  await scene.close();
});
beforeEach(async () => {
  suite = await scene.newSuite();
});

const find = async (id: string, viewer = suite.viewer) => (await must(scene.graphql<Found>(viewer, ERASURES, { id }))).authorization;

const erasureWhen = (id: string, holds: (view: ErasureView) => boolean, timeoutMs = 15_000): Promise<ErasureView> =>
  eventually(
    async () => {
      const newest = (await find(id))?.erasures.nodes[0];
      return newest !== undefined && holds(newest) ? newest : null;
    },
    { timeoutMs },
  );

/** A corp has authorized and cancelled; this service has done its part. */
const cancelled = async () => {
  const { app, view } = await scene.granted(suite, { receivedAt: clock.now() });
  scene.wecom.cancel(app);
  // Later than the grant by WeCom's clock, which counts in seconds.
  clock.advance(2000);
  await scene.send(suite, { infoType: 'cancel_auth', authCorpId: app.corpId, receivedAt: clock.now() });
  await scene.authorizationWhen(suite, ({ id, status }) => id === view.id && status === 'CANCELLED');
  const erasure = await erasureWhen(view.id, ({ services }) => services.some(({ erasedAt }) => erasedAt !== null));
  return { app, view, erasure };
};

const answer = (topic: (typeof ERASURE_TOPICS)[number], authorizationId: string, count = 1) =>
  scene.others.erasure(topic, {
    ...{ publisherId: suite.publisherId, authorizationId, suiteId: suite.suiteId, epoch: 1 },
    ...{ erasedAt: clock.now().toISOString(), counts: { thing: count } },
  });

it('waits for the answers of all services and counts its own part', async () => {
  const { view, erasure } = await cancelled();

  expect(erasure).toMatchObject({ epoch: 1, state: 'ERASING', authorization: { id: view.id } });
  const [own, ...others] = erasure.services;
  expect(own).toMatchObject({
    service: 'authorization',
    counts: [
      { kind: 'permanent-code', count: 1 },
      { kind: 'corp', count: 1 },
      { kind: 'exchange', count: 1 },
      { kind: 'cancellation', count: 0 },
    ],
  });
  expect(others.map(({ service, erasedAt }) => [service, erasedAt])).toEqual(
    ['app-config', 'permission', 'review', 'callback'].map((service) => [service, null]),
  );
  expect((await find(view.id))?.current.erasure).toEqual({ id: erasure.id });
});

it('is ERASED when the last has answered, with the date for Kafka', async () => {
  const { view, erasure } = await cancelled();
  const [last, ...first] = ERASURE_TOPICS;
  for (const topic of first) {
    await answer(topic, view.id, 3);
  }
  await erasureWhen(view.id, ({ services }) => services.filter(({ erasedAt }) => erasedAt !== null).length === ERASURE_TOPICS.length);
  expect((await find(view.id))?.erasures.nodes[0]?.state).toBe('ERASING');
  clock.advance(60_000);
  await answer(last, view.id);

  const erased = await erasureWhen(view.id, ({ state }) => state === 'ERASED');
  expect(erased.services.find(({ service }) => service === 'review')?.counts).toEqual([{ kind: 'thing', count: 3 }]);
  // Retention and segment, from the last answer on.
  expect(new Date(erased.kafkaEmptyAt).getTime()).toBe(clock.now().getTime() + 78 * 3_600_000);
  await eventually(() => records.of(erasure.id).at(-1)?.type === 'erasure.completed');
  expect(records.of(erasure.id).at(-1)?.state).toMatchObject({ state: 'ERASED', authorizationId: view.id });
});

it('takes what a service has erased since its last answer', async () => {
  const { view } = await cancelled();
  const [, , , callback] = ERASURE_TOPICS;
  await answer(callback, view.id, 1);
  clock.advance(1000);
  await answer(callback, view.id, 7);

  await erasureWhen(view.id, ({ services }) =>
    services.some(({ service, counts }) => service === 'callback' && counts[0]?.count === 7),
  );
});

it('keeps the corp’s id in its authorization alone', async () => {
  const { app, view } = await cancelled();
  const { connection } = scene.mongo;
  const holders = async (): Promise<readonly string[]> => {
    const collections = (await connection.listCollections()).map(({ name }) => name);
    const contents = await Promise.all(
      collections.map(async (name) => ({ name, text: JSON.stringify(await connection.collection(name).find({}).toArray()) })),
    );
    return contents.filter(({ text }) => text.includes(app.corpId)).map(({ name }) => name);
  };

  await eventually(async () => (await holders()).length === 1);
  expect(await holders()).toEqual(['authorizations']);
  expect(await find(view.id)).not.toBeNull();
});

it('of an earlier epoch leaves the next one alone', async () => {
  const { app, view } = await cancelled();
  clock.advance(10_000);
  const again = scene.wecom.authorize({ corpId: app.corpId });
  await scene.send(suite, { infoType: 'create_auth', authCode: again.code, receivedAt: clock.now() });
  await scene.authorizationWhen(suite, ({ id, status }) => id === view.id && status === 'ACTIVE');
  for (const topic of ERASURE_TOPICS) {
    await answer(topic, view.id);
  }

  await erasureWhen(view.id, ({ state, epoch }) => state === 'ERASED' && epoch === 1);
  const found = await find(view.id);
  expect(found?.current).toEqual({ epoch: 2, erasure: null });
  expect(found?.erasures.nodes).toHaveLength(1);
});

it('is not shown to another tenant', async () => {
  const { view } = await cancelled();

  expect(await find(view.id, viewerOf(['PUBLISHER_ADMIN'], ['another-publisher']))).toBeNull();
});

it('raises an alarm when an answer is overdue, and is ERASED by a late one', async () => {
  const { view, erasure } = await cancelled();
  for (const topic of ERASURE_TOPICS.slice(1)) {
    await answer(topic, view.id);
  }
  await erasureWhen(view.id, ({ services }) => services.filter(({ erasedAt }) => erasedAt !== null).length === ERASURE_TOPICS.length);
  clock.advance(24 * 3_600_000);

  await erasureWhen(view.id, ({ state }) => state === 'OVERDUE', 30_000);
  const alarms = scene.lines.filter((line) => line['alarm.name'] === 'erasure.overdue' && line['erasure.id'] === erasure.id);
  expect(alarms).toMatchObject([{ 'authorization.epoch': 1, 'erasure.missing': ['app-config'] }]);
  await eventually(() => records.of(erasure.id).some(({ type }) => type === 'erasure.overdue'));

  await answer(ERASURE_TOPICS[0], view.id);
  await erasureWhen(view.id, ({ state }) => state === 'ERASED');
});
