import { eventually, manualClock } from '@daikaifa/testing';
import { PATHS } from './fake-wecom';
import { must } from './harness';
import { openScene, type Scene } from './scene';

const REREAD = `mutation ($input: RereadAuthorizationInput!) {
  rereadAuthorization(input: $input) { authorization { id } }
}`;

interface StoredAuthorization {
  readonly _id: string;
  readonly version: number;
  /** Events that were written so far, each with the state that caused it. */
  readonly sequence: number;
  readonly rereadDueAt: Date;
  readonly reread: { readonly followUpAt: Date | null };
  readonly epochs: ReadonlyArray<{ readonly suspectSince: Date | null }>;
}

/** A timer that fires before its date has come leaves it to the sweep, every ten seconds. */
const LONG_MS = 30_000;

/** Moved by the specs alone: a machine that stalls does not reach the next date by itself. */
const clock = manualClock(new Date());
let scene: Scene;
let suite: Awaited<ReturnType<Scene['newSuite']>>;

beforeAll(async () => {
  scene = await openScene({ clock });
});
afterAll(() => scene.close());
beforeEach(async () => {
  suite = await scene.newSuite();
});

const granted = () => scene.granted(suite, { receivedAt: clock.now() });
const change = (corpId: string) =>
  scene.send(suite, { infoType: 'change_auth', authCorpId: corpId, receivedAt: clock.now() });
const viewWhen = (id: string, holds: Parameters<Scene['authorizationWhen']>[1]) =>
  scene.authorizationWhen(suite, (one) => one.id === id && holds(one), LONG_MS);
const authInfoCalls = (corpId: string) =>
  scene.wecom.calls(PATHS.authInfo).filter(({ body }) => body['auth_corpid'] === corpId);
const storedWhen = (id: string, holds: (stored: StoredAuthorization) => boolean): Promise<StoredAuthorization> =>
  eventually(
    async () => {
      const stored = await scene.mongo.connection.collection<StoredAuthorization>('authorizations').findOne({ _id: id });
      return stored !== null && holds(stored) ? stored : null;
    },
    { timeoutMs: LONG_MS },
  );
const isPlanned = ({ reread }: StoredAuthorization): boolean => reread.followUpAt !== null;
/** The debounce of change_auth, and the rest of the two seconds. */
const DEBOUNCE_MS = 200;
const FOLLOW_UP_MS = 1800;

describe('change_auth', () => {
  it('reads again, and once more two seconds later for what changed in the same second', async () => {
    const { app, view } = await granted();
    app.users = ['woUser1', 'woUser2'];
    await change(app.corpId);
    await storedWhen(view.id, isPlanned);
    clock.advance(DEBOUNCE_MS);
    const first = await viewWhen(view.id, ({ current }) => current.observation.scope?.users === 2);

    app.users = ['woUser1', 'woUser2', 'woUser3'];
    clock.advance(FOLLOW_UP_MS);
    const second = await viewWhen(view.id, ({ current }) => current.observation.scope?.users === 3);

    expect(second.current.observation.scope?.hash).not.toBe(first.current.observation.scope?.hash);
    // granted, observed, and one event for each of the two changes.
    await eventually(() => scene.events.of(view.id).length === 4);
  });

  it('many times in a row is read twice, and says nothing when nothing has changed', async () => {
    const { app, view } = await granted();
    const before = authInfoCalls(app.corpId).length;
    for (let count = 0; count < 5; count += 1) {
      await change(app.corpId);
    }
    // Each is written down when it has come.
    const { rereadDueAt } = await storedWhen(view.id, ({ version }) => version >= view.version + 5);
    clock.advance(DEBOUNCE_MS);
    await storedWhen(view.id, (stored) => isPlanned(stored) && stored.rereadDueAt > rereadDueAt);
    clock.advance(FOLLOW_UP_MS);
    const after = await storedWhen(view.id, (stored) => !isPlanned(stored));

    expect(authInfoCalls(app.corpId)).toHaveLength(before + 2);
    expect(after.rereadDueAt.getTime()).toBeGreaterThan(clock.now().getTime() + 3_600_000);
    expect(after.sequence).toBe(2);
  });
});

describe('a cancellation without an event', () => {
  it('is believed at the second refusal, three seconds later', async () => {
    const { app, view } = await granted();
    scene.wecom.cancel(app);
    const before = authInfoCalls(app.corpId).length;
    await must(scene.graphql(suite.admin, REREAD, { input: { authorizationId: view.id } }));
    await storedWhen(view.id, ({ epochs }) => (epochs[0]?.suspectSince ?? null) !== null);
    expect(authInfoCalls(app.corpId)).toHaveLength(before + 1);
    expect(await viewWhen(view.id, () => true)).toMatchObject({ status: 'ACTIVE', current: { secretsDestroyed: false } });

    clock.advance(3000);
    await viewWhen(view.id, ({ status, current }) => status === 'CANCELLED' && current.secretsDestroyed);
    expect(authInfoCalls(app.corpId)).toHaveLength(before + 2);
  });
});
