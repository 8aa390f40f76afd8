import {
  authorizationTopic,
  callbackErasureTopic,
  corpAppTopic,
  permissionErasureTopic,
  permissionSetTopic,
  reviewErasureTopic,
  reviewItemTopic,
} from '@daikaifa/contracts';
import { isOnline } from '@daikaifa/demo';
import { SERVICES } from '@daikaifa/stack';
import { eventually } from '@daikaifa/testing';
import { appsOf, CUSTOMERS, DEPARTMENTS, type AppOfCorp, type Apps } from './apps';
import { corpsOf, GET_PERMANENT_CODE, isObserved, type Corps } from './corps';
import { bringTemplateOnline, type OnlineTemplate } from './harness';
import { holdsOf, type Holds } from './holds';
import { makeKillStage, type KillStage } from './kill-stage';

let stage: KillStage;
let hold: Holds;
let online: OnlineTemplate;
let corps: Corps;
let apps: Apps;
let first: AppOfCorp;
let second: AppOfCorp;

beforeAll(async () => {
  stage = await makeKillStage({ commonEnv: { SUBMISSION_SWEEP_EVERY_MS: '500', SUBMISSION_STUCK_AFTER_MS: '3000' } });
  hold = holdsOf(stage);
  await stage.stack.start();
  online = await bringTemplateOnline(stage.stack);
  corps = corpsOf(online);
  apps = appsOf(online, corps);
  [first, second] = [await apps.join(), await apps.join()];
  await Promise.all([first, second].map(apps.develop));
  // What WeCom says of an app changes its version: not between a look and the submission of what was seen.
  await stage.untilSettled();
}, 120_000);

afterAll(() => stage?.stop(), 60_000);

describe('killed before the save', () => {
  let late: AppOfCorp;
  let answer: string | undefined;

  beforeAll(async () => {
    const holds = [
      hold.write('app-config', 'insert', 'corp_apps'),
      hold.write('permission', 'insert', 'permission_sets'),
      hold.write('app-config', 'findAndModify', 'submission_batches', 'COMMITTED'),
    ];
    const submitting = apps.submitInVain([first.id, second.id]);
    const installation = await corps.scan(await corps.createCorp());
    await stage.killAndRestart(['app-config', 'permission'], holds);
    [late, answer] = await Promise.all([apps.appOf(installation), submitting]);
  }, 90_000);

  it('app-config: the corp gets its one app', async () => {
    await stage.untilCaughtUp('app-config');
    const app = await apps.look(late.id);

    expect(app).toMatchObject({ status: 'TO_DEVELOP', authorization: { id: late.authorizationId } });
    await corps.untilTakenIn(late.authorizationId);
    expect(await corps.installs()).toBe(3);
  });

  it('permission: the app gets its one set', async () => {
    await stage.untilCaughtUp('permission');

    expect(await apps.permissions(late.id)).toMatchObject({ id: late.id, status: 'ACTIVE', openRequest: null });
  });

  it('app-config: of a batch that was not decided nothing is submitted, and nothing stays held', async () => {
    const items = await Promise.all([first, second].map(({ id }) => apps.items(id)));

    expect(answer).toBe('UNAVAILABLE');
    expect(items).toEqual([[], []]);
    // A reservation refuses every edit: the next submission shows that there is none left.
    await eventually(() => apps.submit([first.id]).then(() => true));
    await apps.untilItem(first.id, 'PENDING');
    expect(await apps.items(first.id)).toHaveLength(1);
    expect(await apps.items(second.id)).toEqual([]);
  });
});

describe('killed between save and publication, and in the middle of a batch', () => {
  let answer: string | undefined;
  let third: AppOfCorp;

  beforeAll(async () => {
    third = await apps.join();
    await apps.develop(third);
    await stage.untilSettled();
    const holds = [
      hold.write('app-config', 'findAndModify', third.id, 'IN_REVIEW'),
      hold.publication('permission', permissionSetTopic, first.id),
      hold.write('review', 'insert', 'review_items', second.id),
    ];
    await apps.request(first.id, [CUSTOMERS, DEPARTMENTS]);
    const submitting = apps.submitInVain([second.id, third.id]);
    await stage.killAndRestart(['app-config', 'permission', 'review'], holds);
    answer = await submitting;
  }, 90_000);

  it('app-config: a batch that was decided is submitted to the last app, as one', async () => {
    const [one, other] = await Promise.all([second, third].map((app) => apps.untilItem(app.id, 'PENDING')));

    expect(answer).toBe('UNAVAILABLE');
    expect(one!.ticket).toEqual(other!.ticket);
  });

  it('review: each app has one item', async () => {
    await stage.untilPublished('app-config');
    await stage.untilCaughtUp('review');

    expect(await Promise.all([second, third].map(({ id }) => apps.items(id)))).toMatchObject([[{ state: 'PENDING' }], [{ state: 'PENDING' }]]);
  });

  it('permission: a request that nobody heard of is told', async () => {
    await stage.untilPublished('permission');
    const { requests } = await apps.permissions(first.id);

    expect(requests.nodes).toMatchObject([{ number: 1, state: 'PENDING' }]);
  });
});

describe('killed when an event was dealt with and that was not committed', () => {
  beforeAll(async () => {
    await stage.untilSettled();
    const holds = [
      hold.commit('app-config', reviewItemTopic),
      hold.commit('permission', authorizationTopic),
      hold.commit('review', corpAppTopic),
    ];
    await Promise.all([
      apps.decide(first.id, 'APPROVED').then(() => apps.until(first.id, ({ workingRevision }) => workingRevision?.status === 'APPROVED')),
      apps.grant(first, [CUSTOMERS, DEPARTMENTS]).then(() => apps.untilGranted(first.id)),
    ]);
    await stage.killAndRestart(['app-config', 'permission', 'review'], holds);
  }, 90_000);

  it('app-config: the verdict is applied once', async () => {
    await stage.untilCaughtUp('app-config');

    expect(await apps.look(first.id)).toMatchObject({ workingRevision: { number: 1, status: 'APPROVED' }, onlineRevision: null });
  });

  it('review: the submission has its one item with its one verdict', async () => {
    await stage.untilCaughtUp('review');

    expect(await apps.items(first.id)).toMatchObject([{ state: 'APPROVED', verdicts: [{ decision: 'APPROVED' }] }]);
  });

  it('permission: the request is granted once', async () => {
    await stage.untilCaughtUp('permission');
    const { requests, confirmed } = await apps.permissions(first.id);

    expect(requests.nodes).toMatchObject([{ number: 1, state: 'GRANTED', end: { by: 'SIGNAL' } }]);
    expect(confirmed?.permissions.map(({ id }) => id)).toEqual(
      expect.arrayContaining([CUSTOMERS, DEPARTMENTS]),
    );
  });
});

describe('killed in the middle of a launch', () => {
  beforeAll(async () => {
    await stage.untilSettled();
    const holds = [
      hold.publication('authorization', authorizationTopic, first.authorizationId),
      hold.commit('authorization', reviewItemTopic),
    ];
    await apps.launch(first.id);
    await apps.launchInConsole(first);
    await stage.killAndRestart(['authorization'], holds);
  }, 90_000);

  it('is confirmed by what WeCom says, by nobody else, once', async () => {
    const { launch } = await apps.untilItem(first.id, 'LAUNCHED');
    // From two topics: the end of the launch by the item, the publish status by the authorization.
    const app = await apps.until(first.id, (one) => isOnline(one) && one.workingRevision === null);
    await stage.untilSettled();

    expect(launch).toEqual({ confirmedBy: 'SIGNAL' });
    expect(app).toMatchObject({ publishStatus: 2, onlineRevision: { number: 1 }, workingRevision: null });
    expect(await apps.items(first.id)).toHaveLength(1);
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
    await corps.cancel(first.installation);
    await stage.killAndRestart(['app-config', 'permission', 'callback', 'review', 'authorization'], holds);
  }, 90_000);

  it('is whole: one record, with what each service has removed, counted once', async () => {
    await apps.untilErased(first.authorizationId, 1);
    const [record, ...others] = await apps.erasures(first.authorizationId);

    expect(others).toEqual([]);
    expect(record?.counts).toEqual({
      authorization: expect.objectContaining({ corp: 1, exchange: 1, 'permanent-code': 1 }) as unknown,
      'app-config': { 'corp-app': 1, observation: 3, drift: 0, 'trusted-domain': 0 },
      callback: expect.objectContaining({ delivery: 0, refusal: 0, 'waiting-event': 0 }) as unknown,
      permission: { 'permission-set': 1, 'permission-change': 2, 'permission-note': 0 },
      review: { 'corp-app': 1, 'review-item': 1 },
    });
    expect(await apps.look(first.id)).toMatchObject({ status: 'CANCELLED', erased: true });
  });

  it('leaves the other corps alone, and nothing was given up', async () => {
    await stage.untilSettled();
    const { installation } = second;

    expect(await corps.untilAuthorization(installation, isObserved)).toMatchObject({ status: 'ACTIVE' });
    expect(await apps.look(second.id)).toMatchObject({ workingRevision: { status: 'IN_REVIEW' } });
    expect(await corps.calls(GET_PERMANENT_CODE, online.suiteId)).toBe(4);
    expect(await Promise.all(SERVICES.map(stage.deadLetters))).toEqual(SERVICES.map(() => 0));
  });
});
