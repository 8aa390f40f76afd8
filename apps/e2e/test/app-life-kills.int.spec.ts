import {
  authorizationTopic,
  callbackErasureTopic,
  corpAppTopic,
  permissionErasureTopic,
  permissionSetTopic,
  reviewErasureTopic,
  reviewItemTopic,
} from '@daikaifa/contracts';
import { SERVICES } from '@daikaifa/stack';
import { eventually } from '@daikaifa/testing';
import { corpAppsOf, type AppInCorp, type CorpApps } from './corp-apps';
import { GET_PERMANENT_CODE, isObserved } from './corps';
import { bringTemplateOnline, type OnlineTemplate } from './harness';
import { holdsOf, type Holds } from './holds';
import { makeKillStage, type KillStage } from './kill-stage';

let stage: KillStage;
let hold: Holds;
let online: OnlineTemplate;
let apps: CorpApps;
let first: AppInCorp;
let second: AppInCorp;

const allPublished = async (): Promise<void> => {
  await Promise.all(SERVICES.map(stage.untilPublished));
};

const allCaughtUp = async (): Promise<void> => {
  await Promise.all(SERVICES.map(stage.untilCaughtUp));
};

/** What the one who asked is told when the service dies meanwhile. */
const told = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'nothing is wrong',
    (error: unknown) => (String(error).includes('UNAVAILABLE') ? 'UNAVAILABLE' : String(error)),
  );

const join = async (): Promise<AppInCorp> => apps.appOf(await apps.scanned());

beforeAll(async () => {
  stage = await makeKillStage({ commonEnv: { SUBMISSION_SWEEP_EVERY_MS: '500', SUBMISSION_STUCK_AFTER_MS: '3000' } });
  hold = holdsOf(stage);
  await stage.stack.start();
  online = await bringTemplateOnline(stage.stack);
  apps = corpAppsOf(online);
  [first, second] = [await join(), await join()];
  await Promise.all([first, second].map(apps.prepare));
}, 120_000);

afterAll(() => stage?.stop(), 60_000);

describe('killed before the save', () => {
  let late: AppInCorp;
  let answer: string;

  beforeAll(async () => {
    const holds = [
      hold.write('app-config', 'insert', 'corp_apps'),
      hold.write('permission', 'insert', 'permission_sets'),
      hold.write('app-config', 'findAndModify', 'submission_batches', 'COMMITTED'),
    ];
    const submitting = told(apps.submit([first, second]));
    const installation = await apps.scanned();
    await stage.killAndRestart(['app-config', 'permission'], holds);
    [late, answer] = await Promise.all([apps.appOf(installation), submitting]);
  }, 90_000);

  it('app-config: the corp gets its one app', async () => {
    await stage.untilCaughtUp('app-config');
    const app = await apps.look(late);

    expect(app).toMatchObject({ status: 'TO_DEVELOP', authorization: { id: late.authorizationId } });
    expect(await apps.corps.installs()).toBe(3);
  });

  it('permission: the app gets its one set', async () => {
    await stage.untilCaughtUp('permission');

    expect(await apps.permissions(late)).toMatchObject({ id: late.id, status: 'ACTIVE', openRequest: null });
  });

  it('app-config: of a batch that was not decided nothing is submitted, and nothing stays held', async () => {
    const items = await Promise.all([first, second].map(apps.items));

    expect(answer).toBe('UNAVAILABLE');
    expect(items).toEqual([[], []]);
    // A reservation refuses every edit: the next submission shows that there is none left.
    await eventually(() => apps.submit([first]).then(() => true));
    await apps.untilItem(first, 'PENDING');
    expect(await apps.items(first)).toHaveLength(1);
    expect(await apps.items(second)).toEqual([]);
  });
});

describe('killed between save and publication, and in the middle of a batch', () => {
  let answer: string;
  let third: AppInCorp;

  beforeAll(async () => {
    third = await join();
    await apps.prepare(third);
    await allPublished();
    await allCaughtUp();
    const holds = [
      hold.write('app-config', 'findAndModify', third.id, 'IN_REVIEW'),
      hold.publication('permission', permissionSetTopic, first.id),
      hold.write('review', 'insert', 'review_items', second.id),
    ];
    await apps.request(first);
    const submitting = told(apps.submit([second, third]));
    await stage.killAndRestart(['app-config', 'permission', 'review'], holds);
    answer = await submitting;
  }, 90_000);

  it('app-config: a batch that was decided is submitted to the last app, as one', async () => {
    const [one, other] = await Promise.all([second, third].map((app) => apps.untilItem(app, 'PENDING')));

    expect(answer).toBe('UNAVAILABLE');
    expect(one!.batchId).toBe(other!.batchId);
    expect(one!.ticket).toEqual(other!.ticket);
  });

  it('review: each app has one item', async () => {
    await stage.untilPublished('app-config');
    await stage.untilCaughtUp('review');

    expect(await Promise.all([second, third].map(apps.items))).toMatchObject([[{ state: 'PENDING' }], [{ state: 'PENDING' }]]);
  });

  it('permission: a request that nobody heard of is told', async () => {
    await stage.untilPublished('permission');
    const { requests } = await apps.permissions(first);

    expect(requests.nodes).toMatchObject([{ number: 1, state: 'PENDING' }]);
  });
});

describe('killed when an event was dealt with and that was not committed', () => {
  beforeAll(async () => {
    await allPublished();
    await allCaughtUp();
    const holds = [
      hold.commit('app-config', reviewItemTopic),
      hold.commit('permission', authorizationTopic),
      hold.commit('review', corpAppTopic),
    ];
    await Promise.all([
      apps.approve(first).then(() => apps.until(first, ({ workingRevision }) => workingRevision?.status === 'APPROVED')),
      apps.grant(first).then(() =>
        eventually(async () => (await apps.permissions(first)).requests.nodes[0]?.state === 'GRANTED'),
      ),
    ]);
    await stage.killAndRestart(['app-config', 'permission', 'review'], holds);
  }, 90_000);

  it('app-config: the verdict is applied once', async () => {
    await stage.untilCaughtUp('app-config');

    expect(await apps.look(first)).toMatchObject({ workingRevision: { number: 1, status: 'APPROVED' }, onlineRevision: null });
  });

  it('review: the submission has its one item with its one verdict', async () => {
    await stage.untilCaughtUp('review');

    expect(await apps.items(first)).toMatchObject([{ state: 'APPROVED', verdicts: [{ decision: 'APPROVED' }] }]);
  });

  it('permission: the request is granted once', async () => {
    await stage.untilCaughtUp('permission');
    const { requests, confirmed } = await apps.permissions(first);

    expect(requests.nodes).toMatchObject([{ number: 1, state: 'GRANTED', end: { by: 'SIGNAL' } }]);
    expect(confirmed?.permissions.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['externalcontact:base:base', 'corp_arch:base:base']),
    );
  });
});

describe('killed in the middle of a launch', () => {
  beforeAll(async () => {
    await allPublished();
    await allCaughtUp();
    const holds = [
      hold.publication('authorization', authorizationTopic, first.authorizationId),
      hold.commit('authorization', reviewItemTopic),
    ];
    await apps.launch(first);
    await stage.killAndRestart(['authorization'], holds);
  }, 90_000);

  it('is confirmed by what WeCom says, by nobody else, once', async () => {
    const { launch } = await apps.untilItem(first, 'LAUNCHED');
    const app = await apps.until(first, ({ status }) => status === 'ONLINE');
    await allPublished();
    await allCaughtUp();

    expect(launch).toEqual({ confirmedBy: 'SIGNAL' });
    expect(app).toMatchObject({ publishStatus: 2, onlineRevision: { number: 1 }, workingRevision: null });
    expect(await apps.items(first)).toHaveLength(1);
  });
});

describe('killed in the middle of an erasure', () => {
  beforeAll(async () => {
    const holds = [
      // The tombstone stands, and nothing is removed.
      hold.write('app-config', 'findAndModify', 'corp_apps', first.id),
      // Everything is removed, and nobody knows.
      hold.publication('permission', permissionErasureTopic, first.authorizationId),
      hold.publication('callback', callbackErasureTopic, first.authorizationId),
      // Removed and told; that the cancellation was dealt with is not known.
      hold.commit('review', authorizationTopic),
      hold.commit('authorization', reviewErasureTopic),
    ];
    await apps.corps.cancel(first.installation);
    await stage.killAndRestart(['app-config', 'permission', 'callback', 'review', 'authorization'], holds);
  }, 90_000);

  it('is whole: one record, with what each service has removed, counted once', async () => {
    const [record, ...others] = await eventually(async () => {
      const found = await apps.erasures(first);
      return found[0]?.state === 'ERASED' ? found : null;
    });
    const counts = Object.fromEntries(
      record!.services.map(({ service, counts: of }) => [service, Object.fromEntries(of.map(({ kind, count }) => [kind, count]))]),
    );

    expect(others).toEqual([]);
    expect(counts).toEqual({
      authorization: {},
      'app-config': { 'corp-app': 1, observation: 4, drift: 0, 'trusted-domain': 0 },
      callback: {},
      permission: {},
      review: {},
    });
    expect(await apps.look(first)).toMatchObject({ status: 'CANCELLED', erased: true });
  });

  it('leaves the other corps alone, and nothing was given up', async () => {
    await allPublished();
    await allCaughtUp();
    const { installation } = second;

    expect(await apps.corps.untilAuthorization(installation, isObserved)).toMatchObject({ status: 'ACTIVE' });
    expect(await apps.look(second)).toMatchObject({ workingRevision: { status: 'IN_REVIEW' } });
    expect(await apps.corps.calls(GET_PERMANENT_CODE, online.suiteId)).toBe(4);
    expect(await Promise.all(SERVICES.map(stage.deadLetters))).toEqual(SERVICES.map(() => 0));
  });
});
