import { eventually } from '@daikaifa/testing';
import {
  arrived,
  appToken,
  authorize,
  confirm,
  makeScene,
  startHarness,
  suiteToken,
  type Harness,
  type Scene,
} from './harness';

const DELAY_MS = 100;

describe('faults on order', () => {
  let harness: Harness;
  let scene: Scene;

  beforeEach(async () => {
    harness = await startHarness();
    scene = await makeScene(harness);
    await arrived(harness, 'suite_ticket');
  });
  afterEach(() => harness.stop());

  const order = async (fault: Record<string, unknown>): Promise<string> =>
    (await harness.control('POST', '/faults', fault))['id']!;
  const waiting = (id: string): Promise<unknown> =>
    eventually(async () => (await harness.control<{ waiting: number }>('GET', `/faults/${id}`)).waiting === 1);

  it.each([
    ['after', true],
    ['before', false],
  ] as const)('holds a reply %s the state change', async (mode, isDone) => {
    const token = await suiteToken(harness, scene);
    const installed = await confirm(harness, scene);
    const authCode = (await arrived(harness, 'create_auth')).value('AuthCode');
    const id = await order({ target: 'api', match: '/cgi-bin/service/v2/get_permanent_code', kind: 'hold', mode });

    let isAnswered = false;
    const reply = harness
      .api(`service/v2/get_permanent_code?suite_access_token=${token}`, { auth_code: authCode })
      .finally(() => {
        isAnswered = true;
      });
    await waiting(id);
    expect(await harness.control('GET', `/installations/${installed.id}`)).toMatchObject({ exchanged: isDone });
    expect(isAnswered).toBe(false);

    expect(await harness.control('POST', `/faults/${id}/release`)).toEqual({ released: 1 });
    expect(await reply).toHaveProperty('permanent_code');
  });

  it('answers the ordered error code as often as asked, then works again', async () => {
    const app = await authorize(harness, scene);
    const token = await appToken(harness, app);
    await order({
      target: 'api',
      match: '/cgi-bin/agent/get',
      subject: scene.template.suiteId,
      kind: 'error',
      errcode: -1,
      times: 2,
    });
    await order({
      target: 'api',
      match: '/cgi-bin/agent/get',
      subject: 'dksomebodyelse',
      kind: 'error',
      errcode: 45009,
    });
    const path = `agent/get?access_token=${token}&agentid=${app.agentId}`;
    const codes = [await harness.api(path), await harness.api(path), await harness.api(path)].map(
      (answer) => answer['errcode'],
    );
    expect(codes).toEqual([-1, -1, 0]);
  });

  it('drops a reply: the connection breaks, the change is made', async () => {
    const app = await authorize(harness, scene);
    await harness.control('POST', `/installations/${app.installationId}/reset-secret`);
    const authCode = (await arrived(harness, 'reset_permanent_code')).value('AuthCode');
    await order({ target: 'api', match: '/cgi-bin/service/v2/get_permanent_code', kind: 'drop', mode: 'after' });
    const path = `service/v2/get_permanent_code?suite_access_token=${app.suiteToken}`;
    await expect(harness.api(path, { auth_code: authCode })).rejects.toThrow();
    expect(await harness.api(path, { auth_code: authCode })).toMatchObject({ errcode: 40078 });
  });

  it('delays a reply', async () => {
    const app = await authorize(harness, scene);
    const token = await appToken(harness, app);
    // Until the sandbox ends: no pause of the machine is longer.
    const id = await order({ target: 'api', match: '/cgi-bin/gettoken', kind: 'delay', delayMs: 600_000 });
    await order({ target: 'api', match: '/cgi-bin/agent/get', kind: 'delay', delayMs: DELAY_MS });
    const answered: string[] = [];
    void appToken(harness, app).then(
      () => answered.push('asked first, delayed long'),
      () => undefined,
    );
    await eventually(async () => (await harness.control<{ hits: number }>('GET', `/faults/${id}`)).hits === 1);

    const askedAt = performance.now();
    await harness
      .api(`agent/get?access_token=${token}&agentid=${app.agentId}`)
      .then(() => answered.push('asked second, delayed shortly'));

    // Timers count in whole milliseconds.
    expect(performance.now() - askedAt).toBeGreaterThan(DELAY_MS - 1);
    expect(answered).toEqual(['asked second, delayed shortly']);
  });

  it('loses a push', async () => {
    const id = await order({ target: 'push', match: 'create_auth', kind: 'drop' });
    await confirm(harness, scene);
    expect(await harness.control('GET', '/pushes?infoType=create_auth')).toMatchObject([
      { outcome: 'DROPPED', attempts: [] },
    ]);
    expect(await harness.control('GET', `/faults/${id}`)).toMatchObject({ hits: 1, times: 0 });
    expect(harness.provider.of('create_auth')).toEqual([]);
  });

  it('sends a push twice, each time encrypted anew', async () => {
    await order({ target: 'push', match: 'create_auth', kind: 'duplicate', copies: 1 });
    await confirm(harness, scene);
    await arrived(harness, 'create_auth', 2);
    const [first, second] = harness.provider.of('create_auth');
    expect(second!.message).toBe(first!.message);
    expect(second!.encrypted).not.toBe(first!.encrypted);
  });

  it('re-orders: a push waits until a later one was sent', async () => {
    await order({ target: 'push', match: 'create_auth', kind: 'reorder', until: 'cancel_auth' });
    const installed = await confirm(harness, scene);
    await harness.control('POST', `/installations/${installed.id}/cancel`);
    await arrived(harness, 'create_auth');
    const order_ = harness.provider.received.map((event) => event.infoType).filter((type) => type !== 'suite_ticket');
    expect(order_).toEqual(['cancel_auth', 'create_auth']);
  });

  it('clears what was ordered and lets go what waits', async () => {
    const id = await order({ target: 'push', match: '*', kind: 'hold', times: 5 });
    await confirm(harness, scene);
    await waiting(id);
    expect(harness.provider.of('create_auth')).toEqual([]);
    expect(await harness.control('DELETE', '/faults')).toEqual({ removed: 1 });
    await arrived(harness, 'create_auth');
    expect(await harness.control('GET', '/faults')).toEqual([]);
  });

  it('refuses a fault that makes no sense', async () => {
    const { status } = await harness.rawControl('POST', '/faults', { target: 'push', match: '*', kind: 'error' });
    expect(status).toBe(400);
  });
});
