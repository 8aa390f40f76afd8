import type { ServerResponse } from 'node:http';
import { eventually } from '@daikaifa/testing';
import { APP_KEYS, replyTo, type Received } from './fake-provider';
import {
  arrived,
  authorize,
  bringOnline,
  makeScene,
  startHarness,
  type Authorized,
  type Harness,
  type Scene,
} from './harness';

interface PushLine {
  id: string;
  outcome: string;
  reply: { accepted: boolean; content?: string; en?: string } | null;
  attempts: { status?: number; answer: string }[];
}

const MENU = [
  { type: 'click', name: '我的订单', value: 'MY_ORDERS' },
  { type: 'view', name: '主页', value: 'https://order.example.com/home' },
];

describe('a member uses an app', () => {
  let harness: Harness;
  let scene: Scene;
  let app: Authorized;
  let base: string;

  beforeEach(async () => {
    harness = await startHarness();
    await harness.control('PATCH', '/limits', { resendAfterMs: 10 });
    scene = await makeScene(harness);
    app = await authorize(harness, scene);
    base = `/installations/${app.installationId}`;
    await bringOnline(harness, scene, app.installationId, { menu: MENU });
    await harness.control('PUT', `${base}/visible-range`, { users: ['member-a'] });
  });
  afterEach(() => harness.stop());

  const say = (userId = 'member-a', text = '你好 <&]]>') =>
    harness.rawControl('POST', `${base}/messages`, { userId, text });
  const settled = (id: unknown): Promise<PushLine> =>
    eventually(async () => {
      const line = await harness.control<PushLine>('GET', `/pushes/${id as string}`);
      return line.outcome === 'PENDING' ? null : line;
    });
  const answering = (answer: (event: Received) => string): void =>
    harness.provider.answerPushes((event, response) => {
      response.end(event.value('InfoType') === undefined ? answer(event) : 'success');
    });
  const ownCallback = () =>
    harness.control('PATCH', `${base}/app`, { callbackUrl: harness.provider.appUrl, ...APP_KEYS });

  it("writes to the template's callback while it is shared, addressed to corp and app", async () => {
    const { json } = await say();
    const message = await arrived(harness, 'text');

    expect(message).toMatchObject({ path: '/callback/suite', receiveId: app.corpId });
    expect(message.body).toContain(`<ToUserName><![CDATA[${app.corpId}]]></ToUserName>`);
    expect(message.body).toContain(`<AgentID><![CDATA[${app.agentId}]]></AgentID>`);
    expect(message.value('ToUserName')).toBe(app.corpId);
    expect(message.value('FromUserName')).toMatch(/^wo/);
    expect(message.value('AgentID')).toBe(String(app.agentId));
    expect(message.value('MsgId')).toMatch(/^[1-9]\d{18}$/);
    expect(Number(message.value('CreateTime'))).toBeGreaterThan(1_600_000_000);
    expect(message.message).toContain('<Content><![CDATA[你好 <&]]]]><![CDATA[>]]></Content>');
    expect(await settled(json['id'])).toMatchObject({ outcome: 'DELIVERED', reply: null, target: 'APP' });
  });

  it("writes to the app's own callback with the app's own keys", async () => {
    await ownCallback();
    await say();
    expect(await arrived(harness, 'text')).toMatchObject({ path: '/callback/app', receiveId: app.corpId });
  });

  it('opens the app and clicks its menu', async () => {
    await harness.control('POST', `${base}/enter`, { userId: 'member-a' });
    expect((await arrived(harness, 'enter_agent')).value('EventKey')).toBe('');
    await harness.control('POST', `${base}/menu`, { userId: 'member-a', index: 0 });
    expect((await arrived(harness, 'click')).value('EventKey')).toBe('MY_ORDERS');
    await harness.control('POST', `${base}/menu`, { userId: 'member-a', index: 1 });
    expect((await arrived(harness, 'view')).value('EventKey')).toBe('https://order.example.com/home');
    expect((await harness.rawControl('POST', `${base}/menu`, { userId: 'member-a', index: 2 })).status).toBe(404);
  });

  it('sees the passive reply', async () => {
    answering((event) => replyTo(event, '已收到'));
    const { json } = await say();
    expect(await settled(json['id'])).toMatchObject({
      outcome: 'DELIVERED',
      reply: { accepted: true, msgType: 'text', content: '已收到' },
    });
    expect(await harness.control('GET', `${base}/messages?userId=member-a`)).toMatchObject([
      { id: json['id'], userId: 'member-a', reply: { content: '已收到' } },
    ]);
    expect(await harness.control('GET', `${base}/messages?userId=member-b`)).toEqual([]);
  });

  it.each<[string, (event: Received) => string, string]>([
    ['a wrong signature', (event) => replyTo(event, 'x', { token: 'other' }), 'the signature does not fit'],
    ["the suite's receiveid", (event) => replyTo(event, 'x', { receiveId: 'dk1' }), "the receiveid is not the corp's id"],
    ['the answer of template events', () => 'success', 'neither empty nor an encrypted reply'],
  ])('does not see a reply with %s, and nothing is sent again', async (_what, answer, en) => {
    answering(answer);
    const line = await settled((await say()).json['id']);
    expect(line).toMatchObject({ outcome: 'REFUSED', reply: { accepted: false, en } });
    expect(line.attempts).toHaveLength(1);
  });

  it('is sent three times in all with one MsgId, each encrypted anew', async () => {
    harness.provider.answerPushes((_event, response) => {
      response.statusCode = 500;
      response.end();
    });
    const line = await settled((await say()).json['id']);
    expect(line).toMatchObject({ outcome: 'FAILED', attempts: [{ status: 500 }, { status: 500 }, { status: 500 }] });
    const sent = harness.provider.of('text');
    expect(new Set(sent.map((event) => event.message)).size).toBe(1);
    expect(new Set(sent.map((event) => event.encrypted)).size).toBe(3);
  });

  it('waits for the long limit, not for the short one of authorization events', async () => {
    await eventually(async () => (await harness.control<[]>('GET', '/pushes?outcome=PENDING')).length === 0);
    await harness.control('PATCH', '/limits', { urgentAnswerMs: 150, answerMs: 60_000, sendsPerPush: 1 });
    const open: ServerResponse[] = [];
    harness.provider.answerPushes((_event, response) => open.push(response));
    const { json } = await say();
    await arrived(harness, 'text');
    await harness.control('POST', `${base}/disable`);
    await eventually(async () => {
      const failed = await harness.control<PushLine[]>('GET', '/pushes?infoType=change_auth&outcome=FAILED');
      return failed.length === 1;
    });
    open[0]!.end();
    expect(await settled(json['id'])).toMatchObject({ outcome: 'DELIVERED' });
  });

  it.each<[string, string, () => Promise<unknown>, string]>([
    ['outside of the range', 'NOT_IN_VISIBLE_RANGE', async () => undefined, 'member-b'],
    ['when it is disabled', 'APP_DISABLED', () => harness.control('POST', `${base}/disable`), 'member-a'],
    ['when it is cancelled', 'AUTHORIZATION_CANCELLED', () => harness.control('POST', `${base}/cancel`), 'member-a'],
  ])('is refused %s, and nothing is sent', async (_what, reason, prepare, userId) => {
    await prepare();
    expect(await say(userId)).toMatchObject({ status: 409, json: { code: 'INVALID_STATE', details: { reason } } });
    expect((await harness.rawControl('POST', `${base}/enter`, { userId })).json).toMatchObject({ details: { reason } });
    expect(await harness.control('GET', `${base}/messages`)).toEqual([]);
  });

  it('is refused while the app is in development', async () => {
    const fresh = await authorize(harness, await makeScene(harness));
    const path = `/installations/${fresh.installationId}/messages`;
    const { json } = await harness.rawControl('POST', path, { userId: 'admin', text: '你好' });
    expect(json).toMatchObject({ details: { reason: 'APP_NOT_LAUNCHED' } });
  });

  it('goes on while a newer version is not yet online, and reaches more members with a wider range', async () => {
    await harness.control('PATCH', `${base}/app`, { name: '云启新单', menu: [] });
    expect((await say()).status).toBe(200);
    await harness.control('POST', `${base}/menu`, { userId: 'member-a', index: 0 });
    await harness.control('PUT', `${base}/visible-range`, { users: ['member-a'], parties: [2] });
    expect((await say('member-b')).status).toBe(200);
  });

  it('is a member of the corp, with something to say', async () => {
    expect((await say('nobody')).status).toBe(404);
    expect((await say('member-a', ' ')).status).toBe(400);
    expect((await say('member-a', '订'.repeat(683))).status).toBe(400);
  });

  it('enters and leaves the range: the app hears of each member', async () => {
    const heard = (name: string): unknown => harness.provider.of(name).length;
    await arrived(harness, 'unsubscribe');
    await arrived(harness, 'subscribe', 2);
    expect([heard('subscribe'), heard('unsubscribe')]).toEqual([2, 1]);

    await harness.control('PUT', `${base}/visible-range`, { users: ['member-a'], parties: [2] });
    const third = await arrived(harness, 'subscribe', 3);
    await harness.control('POST', `/corps/${scene.corp.corpId}/members`, {
      ...{ userId: 'member-c', name: '成员丙', departmentIds: [2] },
    });
    const fourth = await arrived(harness, 'subscribe', 4);
    await harness.control('POST', `/corps/${scene.corp.corpId}/members`, {
      ...{ userId: 'member-d', name: '成员丁', departmentIds: [3] },
    });

    expect(third.receiveId).toBe(app.corpId);
    expect(fourth.value('FromUserName')).not.toBe(third.value('FromUserName'));
    // What is to be sent is written down before the call is answered.
    expect(await harness.control('GET', '/pushes?infoType=subscribe')).toHaveLength(4);
    expect([heard('subscribe'), heard('unsubscribe')]).toEqual([4, 1]);
    expect(await harness.control('GET', `${base}/messages`)).toEqual([]);
  });

  it('meets the faults on order: a message lost, one held back, a change_auth lost', async () => {
    const order = (fault: object) => harness.control('POST', '/faults', { target: 'push', ...fault });
    await order({ match: 'text', kind: 'drop', subject: scene.corp.corpId });
    expect(await settled((await say()).json['id'])).toMatchObject({ outcome: 'DROPPED', attempts: [] });

    await order({ match: 'text', kind: 'reorder', until: 'enter_agent' });
    await say();
    await harness.control('POST', `${base}/enter`, { userId: 'member-a' });
    await arrived(harness, 'text');
    const names = harness.provider.received.map(({ infoType }) => infoType);
    expect(names.filter((name) => name === 'enter_agent' || name === 'text')).toEqual(['enter_agent', 'text']);

    // That of the visible range, which nobody has waited for yet.
    await arrived(harness, 'change_auth');
    await order({ match: 'change_auth', kind: 'drop' });
    const { id } = await harness.control('POST', `${base}/permission-requests`, { permissions: ['calendar:base:base'] });
    await harness.control('POST', `/permission-requests/${id}/confirm`);
    expect(await harness.control('GET', '/pushes?outcome=DROPPED&infoType=change_auth')).toHaveLength(1);
    expect(harness.provider.of('change_auth')).toHaveLength(1);
    expect(await harness.control('GET', base)).toMatchObject({ permissions: ['calendar:base:base'] });
  });
});
