import { ERASURE_TOPICS, erasureRecordTopic, type ErasureRecordState } from '@daikaifa/contracts';
import { newId } from '@daikaifa/kernel';
import { connectRedis, type RedisConnection } from '@daikaifa/redis';
import { eventually, manualClock, silentLogger } from '@daikaifa/testing';
import type { Authorizations } from '../src/application/authorization-ports';
import { PATHS, refusal } from './fake-wecom';
import { must, watchTopic } from './harness';
import { openScene, type Scene } from './scene';

const RECONCILE = `mutation ($input: ReconcileAuthorizationsInput!) {
  reconcileAuthorizations(input: $input) { reconciliation { id } }
}`;
interface Started {
  readonly reconcileAuthorizations: { readonly reconciliation: { readonly id: string } };
}
interface StoredAuthorization {
  readonly _id: string;
  readonly epochs: ReadonlyArray<{ readonly replacedPermanentCode: string | null }>;
  readonly reread: { readonly launch: object | null };
}

/** Sweeps come every ten seconds. */
const LONG = { timeoutMs: 90_000 };
const SPEC_MS = 100_000;

const clock = manualClock(new Date());
let scene: Scene;
let redis: RedisConnection;
let suite: Awaited<ReturnType<Scene['newSuite']>>;
let records: Awaited<ReturnType<typeof watchTopic<ErasureRecordState>>>;

/** Where the process dies; the specs say when. */
const faults = { whilePlanning: true, afterCancelling: false };

const dying = (real: Authorizations): Authorizations => ({
  ...real,
  findActive: async (...query) => {
    if (faults.whilePlanning) {
      throw new Error('died while a reconciliation was planned');
    }
    return real.findActive(...query);
  },
  update: async (...change) => {
    const saved = await real.update(...change);
    if (faults.afterCancelling && saved?.epochs.at(-1)?.status === 'CANCELLED') {
      throw new Error('died after the write of a cancellation');
    }
    return saved;
  },
});

const stored = async (id: string): Promise<StoredAuthorization> =>
  (await scene.mongo.connection.collection<StoredAuthorization>('authorizations').findOne({ _id: id }))!;
const keysOf = async (pattern: string): Promise<readonly string[]> =>
  redis.client.keys(`${scene.config.redis.prefix}:${pattern}`);
const emptyRedis = async (): Promise<void> => {
  const { prefix } = scene.config.redis;
  for (const key of await keysOf('*')) {
    await redis.client.del(key.slice(prefix.length + 1));
  }
  expect(await keysOf('*')).toEqual([]);
};
const granted = () => scene.granted(suite, { receivedAt: clock.now() });

/** A launch that is looked for, a secret that does not work yet. */
const launchAsked = async () => {
  const { app, view } = await granted();
  const requestedAt = clock.now().toISOString();
  await scene.others.reviewItem(newId(), suite.publisherId, {
    corpApp: { templateId: suite.templateId, authorizationId: view.id, epoch: 1, batchId: 'batch-1' },
    ...{ state: 'LAUNCHING', launch: { requestedBy: 'admin', requestedAt, confirmedBy: null, confirmedAt: null } },
  });
  await eventually(async () => (await stored(view.id)).reread.launch !== null, LONG);
  return { app, id: view.id };
};
const resetTooEarly = async () => {
  const { app, view } = await granted();
  app.resetsLate = true;
  const authCode = scene.wecom.reset(app);
  await scene.send(suite, { infoType: 'reset_permanent_code', authCode, receivedAt: clock.now() });
  await eventually(async () => (await stored(view.id)).epochs[0]?.replacedPermanentCode !== null, LONG);
  return { app, id: view.id };
};
/** Every service but one has answered. */
const erasing = async () => {
  const { app, view } = await granted();
  scene.wecom.cancel(app);
  clock.advance(2000);
  await scene.send(suite, { infoType: 'cancel_auth', authCorpId: app.corpId, receivedAt: clock.now() });
  // The other services answer what they were told: never before the cancellation is stored.
  await scene.authorizationWhen(suite, ({ id, status }) => id === view.id && status === 'CANCELLED', LONG.timeoutMs);
  for (const topic of ERASURE_TOPICS.slice(1)) {
    await scene.others.erasure(topic, {
      ...{ publisherId: suite.publisherId, authorizationId: view.id, suiteId: suite.suiteId, epoch: 1 },
      ...{ erasedAt: clock.now().toISOString(), counts: {} },
    });
  }
  const isWaiting = ({ authorizationId, services }: ErasureRecordState): boolean =>
    authorizationId === view.id && services.filter(({ erasedAt }) => erasedAt === null).length === 1;
  return (await eventually(() => records.all().find(({ state }) => isWaiting(state)), LONG)).state.id;
};
const reconciling = async (): Promise<string> => {
  const input = { templateId: suite.templateId, idempotencyKey: newId() };
  return (await must(scene.graphql<Started>(suite.admin, RECONCILE, { input }))).reconcileAuthorizations.reconciliation.id;
};

describe('after the process died and Redis was emptied', () => {
  let launch: Awaited<ReturnType<typeof launchAsked>>;
  let reset: Awaited<ReturnType<typeof resetTooEarly>>;
  let erasureId: string;
  let reconciliationId: string;

  beforeAll(async () => {
    scene = await openScene({ clock, authorizations: dying }, { ERASURE_DUE_MINUTES: '1' });
    records = await watchTopic(scene.config, erasureRecordTopic);
    const { cacheUrl: url, prefix } = scene.config.redis;
    redis = connectRedis({ url, prefix, logger: silentLogger() });
    scene.wecom.answer(PATHS.customizedAuthUrl, refusal(-1));
    suite = await scene.newSuite({ online: true });
    erasureId = await erasing();
    launch = await launchAsked();
    reset = await resetTooEarly();
    reconciliationId = await reconciling();

    await scene.restart(async () => {
      await emptyRedis();
      faults.whilePlanning = false;
      launch.app.publishStatus = 2;
      scene.wecom.takeReset(reset.app);
      scene.wecom.answer(PATHS.customizedAuthUrl, { qrcode_url: 'https://open.work.weixin.qq.com/qr', expires_in: 864_000 });
      clock.advance(61_000);
    });
  }, 3 * SPEC_MS);
  afterAll(async () => {
    await Promise.all([records.stop(), redis.close()]);
    await scene.close();
  });

  it('a launch is seen', async () => {
    await eventually(() => scene.events.of(launch.id).at(-1)?.state.epochs[0]?.observation.publishStatus?.value === 2, LONG);
    expect((await stored(launch.id)).reread.launch).toBeNull();
  }, SPEC_MS);

  it('the new secret is found to work, and the old one goes', async () => {
    await eventually(async () => (await stored(reset.id)).epochs[0]?.replacedPermanentCode === null, LONG);
  }, SPEC_MS);

  it('a reconciliation is planned to its end', async () => {
    const reconciliations = scene.mongo.connection.collection<{ _id: string; planned: number; nextAttemptAt?: Date }>('reconciliations');
    const done = await eventually(async () => {
      const found = await reconciliations.findOne({ _id: reconciliationId });
      return found?.nextAttemptAt === undefined ? found : null;
    }, LONG);
    expect(done.planned).toBe(2);
  }, SPEC_MS);

  it('a link gets its URL', async () => {
    await eventually(async () => {
      // Its next try may lie ahead of the clock.
      clock.advance(1000);
      const { authorizationLinks } = await scene.steps.template(suite.admin, suite.templateId);
      return authorizationLinks.nodes[0]?.state === 'ACTIVE';
    }, LONG);
  }, SPEC_MS);

  it('an overdue erasure is said aloud', async () => {
    await eventually(() => records.of(erasureId).some(({ type }) => type === 'erasure.overdue'), LONG);
    const alarms = scene.lines.filter((line) => line['alarm.name'] === 'erasure.overdue' && line['erasure.id'] === erasureId);
    expect(alarms).toMatchObject([{ 'erasure.missing': [ERASURE_TOPICS[0].producer] }]);
  }, SPEC_MS);

  it('and a process that dies right after it has cancelled leaves no token behind', async () => {
    const { app, view } = await granted();
    const tokens = () => keysOf(`authorization:value:app:${view.id}*`);
    expect(await tokens()).not.toEqual([]);
    scene.wecom.cancel(app);
    faults.afterCancelling = true;
    await scene.send(suite, { infoType: 'change_auth', authCorpId: app.corpId });
    await scene.authorizationWhen(
      suite,
      ({ id, status }) => {
        // Two refusals, three seconds apart.
        clock.advance(1000);
        return id === view.id && status === 'CANCELLED';
      },
      LONG.timeoutMs,
    );
    faults.afterCancelling = false;
    expect(await tokens()).toEqual([]);
  }, SPEC_MS);
});
