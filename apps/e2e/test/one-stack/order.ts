import type { AppProcess, Stack } from '@daikaifa/stack';
import type { OnlineTemplate } from '@daikaifa/demo';
import { eventually } from '@daikaifa/testing';
import {
  askAppToken,
  corpsOf,
  GET_AUTH_INFO,
  GET_PERMANENT_CODE,
  isObserved,
  tryAppToken,
  type Corps,
  type Installation,
} from '../corps';
import { bringTemplateOnline } from '../harness';
import { countSuiteEvents } from '../suite-topic';
import { sharedStack } from './stack';

let stack: Stack;
let online: OnlineTemplate;
let corps: Corps;

beforeAll(async () => {
  stack = sharedStack();
  online = await bringTemplateOnline(stack);
  corps = corpsOf(online);
}, 120_000);

beforeEach(() => corps.forgetCalls());

const exchangesOf = async (authorizationId: string): Promise<readonly string[]> =>
  (await corps.exchanges())
    .filter(({ authorization }) => authorization?.id === authorizationId)
    .map(({ source, state }) => `${source} ${state}`);

const spentCodes = (): Promise<number> => corps.calls(GET_PERMANENT_CODE, online.suiteId);

const tokenOf = (authorizationId: string) => askAppToken(stack.urls.authorization, online, authorizationId);

/** At WeCom, with a token of the platform. */
const errcodeOfCall = async (app: Installation, authorizationId: string): Promise<number> => {
  const { status, accessToken } = await tokenOf(authorizationId);
  expect(status).toBe(200);
  return tryAppToken(stack.urls['wecom-sandbox'], app, accessToken);
};

/** Puts the clock of WeCom forward to the beginning of a second: events then share one TimeStamp. */
const alignWecomClock = async (): Promise<void> => {
  const { sandbox } = online.doors;
  const { now } = await sandbox.call<{ now: string }>('GET', '/clock');
  await sandbox.call('PUT', '/clock', { advanceMs: 1000 - (Date.parse(now) % 1000) });
};

/**
 * From here on WeCom sends to a further ingress process with a memory of its own: it knows of no event that was
 * accepted before, as the first one knows of none that is older than its dedupe window.
 */
const moveToFreshIngress = async (): Promise<AppProcess> => {
  const ingress = await stack.another('callback', 'callback-fresh', {
    ROLES: 'ingress',
    REDIS_KEY_PREFIX: `${stack.envOf('callback')['REDIS_KEY_PREFIX']}-fresh`,
  });
  await ingress.start();
  const callbackUrl = `${ingress.url}${new URL(online.endpoint.url).pathname}`;
  // WeCom verifies the URL, and waits a second for that: saved again when it took longer.
  await eventually(() =>
    online.doors.sandbox.call('PUT', `/templates/${online.suiteId}/callback`, { callbackUrl, ...online.keys }),
  );
  return ingress;
};

describe('one event more than once', () => {
  it('makes one authorization, one installation and one exchange of a create_auth that is sent five times', async () => {
    const corp = await corps.createCorp();
    const installs = await corps.installs();
    const events = await countSuiteEvents(stack);
    await corps.orderFault({ target: 'push', match: 'create_auth', kind: 'duplicate', copies: 3, subject: corp.corpId });
    const app = await corps.scan(corp);
    const { id } = await corps.untilAuthorization(app, isObserved);
    const [push] = await corps.untilDelivered(app, 'create_auth', 4);
    await corps.resend(push!);
    await corps.untilConsumed();
    await corps.untilTakenIn(id);

    const { epochs } = await corps.untilAuthorization(app, isObserved);
    expect(epochs.map(({ epoch, status }) => `${epoch} ${status}`)).toEqual(['1 ACTIVE']);
    expect(await exchangesOf(id)).toEqual(['create_auth EXCHANGED']);
    expect(await spentCodes()).toBe(1);
    expect(await corps.installs()).toBe(installs + 1);
    // create_auth once, and the ticket that was waited for.
    expect(await countSuiteEvents(stack)).toBe(events + 2);
  });
});

describe('events in another order than things happened', () => {
  it('takes in a change that overtakes the grant', async () => {
    const corp = await corps.createCorp();
    const overtaken = { target: 'push', match: 'create_auth', kind: 'reorder', until: 'change_auth' };
    await corps.orderFault({ ...overtaken, subject: corp.corpId });
    const app = await corps.scan(corp);
    await corps.setScope(app, [1, 2]);
    const { current, id } = await corps.untilAuthorization(app, isObserved);
    await corps.untilTakenIn(id);
    expect(current.observation.scope).toEqual({ users: 1, parties: 2 });
    expect(await exchangesOf(id)).toEqual(['create_auth EXCHANGED']);
    expect(await spentCodes()).toBe(1);
  });

  it('exchanges a code that comes long after that of another corp', async () => {
    const [early, late] = [await corps.createCorp(), await corps.createCorp()];
    const delay = await corps.orderFault({ target: 'push', match: 'create_auth', kind: 'hold', subject: early.corpId });
    const earlyApp = await corps.scan(early);
    const lateApp = await corps.scan(late);
    await corps.untilAuthorization(lateApp, isObserved);
    expect(await corps.authorizations(earlyApp.encryptedCorpId)).toEqual([]);
    await delay.release();
    await corps.untilAuthorization(earlyApp, isObserved);
    expect(await spentCodes()).toBe(2);
  });

  it('makes nothing of a code whose corp has cancelled before it arrives', async () => {
    const corp = await corps.createCorp();
    const overtaken = { target: 'push', match: 'create_auth', kind: 'reorder', until: 'cancel_auth' };
    await corps.orderFault({ ...overtaken, subject: corp.corpId });
    const before = new Set((await corps.exchanges()).map(({ id }) => id));
    const app = await corps.scan(corp);
    await corps.cancel(app);
    await corps.untilDelivered(app, 'create_auth');
    const exchange = await eventually(async () =>
      (await corps.exchanges()).find(({ id, state }) => !before.has(id) && state === 'FAILED'),
    );
    expect(exchange).toMatchObject({ failure: 'CODE_EXPIRED', authorization: null });
    expect(await corps.authorizations(app.encryptedCorpId)).toEqual([]);
  });

  it('ends CANCELLED, secrets destroyed, when the corp cancels while its code is being exchanged', async () => {
    const answer = { target: 'api', match: GET_PERMANENT_CODE, kind: 'hold', mode: 'after', subject: online.suiteId };
    const hold = await corps.orderFault(answer);
    const app = await corps.scan(await corps.createCorp());
    await eventually(async () => (await hold.waiting()) === 1);
    await corps.cancel(app);
    const [push] = await corps.untilDelivered(app, 'cancel_auth');
    await corps.untilConsumed();
    expect(await corps.authorizations(app.encryptedCorpId)).toEqual([]);
    await hold.release();
    const { id, epochs } = await corps.untilAuthorization(app, ({ status }) => status === 'CANCELLED');
    // The TimeStamp of cancel_auth: the event that came too early did it, not a later look at WeCom.
    const cancelledAt = (await corps.timeOf(push!)).toISOString();
    expect(epochs).toMatchObject([{ epoch: 1, status: 'CANCELLED', secretsDestroyed: true, cancelledAt }]);
    expect((await tokenOf(id)).status).toBe(409);
    expect(await spentCodes()).toBe(1);
  });
});

describe('what a corp changes', () => {
  let app: Installation;

  beforeAll(async () => {
    app = await corps.scan(await corps.createCorp());
    await corps.untilAuthorization(app, isObserved);
  });

  it('shows an app that is disabled, keeps what was read of it, and shows it enabled again', async () => {
    await corps.disable(app);
    const { status, current } = await corps.untilAuthorization(app, (one) => !one.current.enabled);
    expect(status).toBe('ACTIVE');
    expect(current.observation.agent).toMatchObject({ agentId: app.agentId });
    await corps.enable(app);
    await corps.untilAuthorization(app, (one) => one.current.enabled);
  });

  it('ends with the last of several changes within one second, also when they come while WeCom is being read', async () => {
    await alignWecomClock();
    const answer = { target: 'api', match: GET_AUTH_INFO, kind: 'hold', mode: 'after', subject: online.suiteId };
    const hold = await corps.orderFault(answer);
    await corps.setScope(app, [1]);
    await eventually(async () => (await hold.waiting()) === 1);
    // The same second and the same words: WeCom's event does not say what changed, so these two look like re-sends.
    await corps.setScope(app, [1, 2]);
    await corps.setScope(app, [1, 2, 3]);
    await corps.untilDelivered(app, 'change_auth');
    await hold.release();
    await corps.untilAuthorization(app, ({ current }) => current.observation.scope?.parties === 3);
  });

  it('rotates the secret after reset_permanent_code: the old token is dead, the door gives a new one', async () => {
    const { id } = await corps.untilAuthorization(app, isObserved);
    const old = await tokenOf(id);
    await corps.resetSecret(app);
    await eventually(async () => (await exchangesOf(id)).includes('reset_permanent_code EXCHANGED'));
    expect(await exchangesOf(id)).toEqual(['reset_permanent_code EXCHANGED', 'create_auth EXCHANGED']);
    expect(await tryAppToken(stack.urls['wecom-sandbox'], app, old.accessToken)).toBe(40014);
    expect(await errcodeOfCall(app, id)).toBe(0);
    const { epochs } = await corps.untilAuthorization(app, isObserved);
    expect(epochs.map(({ epoch, status }) => `${epoch} ${status}`)).toEqual(['1 ACTIVE']);
  });
});

describe('a corp that cancels and scans again', () => {
  it('closes epoch 1 at the second scan when its cancel_auth is still on the way, which then touches nothing', async () => {
    const corp = await corps.createCorp();
    const first = await corps.scan(corp);
    await corps.untilAuthorization(first, isObserved);
    const delay = await corps.orderFault({ target: 'push', match: 'cancel_auth', kind: 'hold', subject: corp.corpId });
    await corps.cancel(first);
    await alignWecomClock();
    const second = await corps.scan(corp);
    const isSecond = (one: Parameters<typeof isObserved>[0]) => one.current.epoch === 2 && isObserved(one);
    const { id, epochs } = await corps.untilAuthorization(second, isSecond);
    expect(epochs).toMatchObject([
      { epoch: 2, status: 'ACTIVE' },
      { epoch: 1, status: 'CANCELLED', secretsDestroyed: true },
    ]);
    await delay.release();
    await corps.untilDelivered(first, 'cancel_auth');
    await corps.untilConsumed();
    await corps.setScope(second, [1]);
    await corps.untilAuthorization(second, ({ status, current }) =>
      status === 'ACTIVE' && current.epoch === 2 && current.observation.scope?.parties === 1,
    );
    expect(await errcodeOfCall(second, id)).toBe(0);
  });

  it('opens epoch 2, and late events of epoch 1 do not touch it', async () => {
    const corp = await corps.createCorp();
    const first = await corps.scan(corp);
    await corps.untilAuthorization(first, isObserved);
    await corps.setScope(first, [1]);
    await corps.untilAuthorization(first, ({ current }) => current.observation.scope?.parties === 1);
    await corps.cancel(first);
    await corps.untilAuthorization(first, ({ status }) => status === 'CANCELLED');
    const late = await corps.pushes(corp.corpId);
    expect(late.map(({ infoType }) => infoType).sort()).toEqual(['cancel_auth', 'change_auth', 'create_auth']);
    await alignWecomClock();

    const second = await corps.scan(corp);
    const { id, epochs } = await corps.untilAuthorization(second, isObserved);
    await corps.untilTakenIn(id, 2);
    expect(epochs).toMatchObject([
      { epoch: 2, status: 'ACTIVE', enabled: true },
      { epoch: 1, status: 'CANCELLED', secretsDestroyed: true },
    ]);

    await corps.forgetCalls();
    const events = await countSuiteEvents(stack);
    await moveToFreshIngress();
    for (const push of late) {
      await corps.resend(push);
    }
    await corps.untilConsumed();
    // All three were published once more, and the ticket that was waited for.
    expect(await countSuiteEvents(stack)).toBe(events + 4);
    // The re-read that the old change_auth asks for comes after the job of the old cancel_auth.
    await corps.setScope(second, [1, 2, 3]);
    const after = await corps.untilAuthorization(second, ({ current }) => current.observation.scope?.parties === 3);

    expect(after.epochs).toMatchObject([
      { epoch: 2, status: 'ACTIVE', enabled: true, secretsDestroyed: false },
      { epoch: 1, status: 'CANCELLED', secretsDestroyed: true },
    ]);
    expect(await exchangesOf(id)).toEqual(['create_auth EXCHANGED', 'create_auth EXCHANGED']);
    expect(await spentCodes()).toBe(0);
    expect(await errcodeOfCall(second, id)).toBe(0);
  });
});
