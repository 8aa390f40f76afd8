import type { ServerResponse } from 'node:http';
import { eventually } from '@daikaifa/testing';
import { KEYS } from './fake-provider';
import { arrived, authorize, makeScene, PATIENT, startHarness, type Harness } from './harness';

interface PushLine {
  id: string;
  outcome: string;
  attempts: { status?: number; answer: string; ms: number; copy: number }[];
}

describe('pushes to the template callback', () => {
  let harness: Harness;

  beforeEach(async () => {
    harness = await startHarness();
    await harness.control('PATCH', '/limits', { resendAfterMs: 10 });
  });
  afterEach(() => harness.stop());

  const settled = (suiteId: string, infoType: string): Promise<PushLine> =>
    eventually(async () => {
      const lines = await harness.control<PushLine[]>('GET', `/pushes?suiteId=${suiteId}&infoType=${infoType}`);
      return lines.at(-1)?.outcome === 'PENDING' ? null : lines.at(-1);
    });

  it('writes XML with the oddities of the published samples', async () => {
    const scene = await makeScene(harness);
    const ticket = await arrived(harness, 'suite_ticket');
    expect(ticket.message).toContain('<InfoType> <![CDATA[suite_ticket]]></InfoType>');
    expect(ticket.receiveId).toBe(scene.template.suiteId);
    expect(ticket.body).toContain(`<ToUserName><![CDATA[${scene.template.suiteId}]]></ToUserName>`);
    expect(ticket.body).toContain('<AgentID><![CDATA[]]></AgentID>');
    await authorize(harness, scene);
    expect((await arrived(harness, 'create_auth')).message).toContain('<ExtraInfo></ExtraInfo>');
  });

  it('sends three times in all after HTTP 500, each encrypted anew', async () => {
    const scene = await makeScene(harness);
    await arrived(harness, 'suite_ticket');
    harness.provider.answerPushes((_request, response) => {
      response.statusCode = 500;
      response.end('broken');
    });
    await harness.control('POST', `/templates/${scene.template.suiteId}/ticket`);
    const line = await settled(scene.template.suiteId, 'suite_ticket');
    expect(line).toMatchObject({
      outcome: 'FAILED',
      attempts: [{ status: 500 }, { status: 500 }, { status: 500, answer: 'broken' }],
    });
    const sent = harness.provider.of('suite_ticket').slice(-3);
    expect(new Set(sent.map((event) => event.message)).size).toBe(1);
    expect(new Set(sent.map((event) => event.encrypted)).size).toBe(3);
    expect(new Set(sent.map((event) => event.nonce)).size).toBe(3);
  });

  it('sends again when the answer comes too late, and stops once it is in time', async () => {
    const scene = await makeScene(harness);
    await arrived(harness, 'suite_ticket');
    // A stalled machine may let any number of answers be too late.
    await harness.control('PATCH', '/limits', { answerMs: 200, sendsPerPush: 1_000 });
    let isLate = true;
    harness.provider.answerPushes((_request, response) => {
      if (!isLate) {
        response.end('success');
      }
    });
    const { id } = await harness.control('POST', `/templates/${scene.template.suiteId}/ticket`);
    await eventually(async () => (await harness.control<PushLine>('GET', `/pushes/${id}`)).attempts.length > 0);
    isLate = false;
    const line = await settled(scene.template.suiteId, 'suite_ticket');
    expect(line.outcome).toBe('DELIVERED');
    const late = line.attempts.slice(0, -1);
    expect(late[0]!.answer).toContain('200 ms');
    expect(line.attempts.map(({ status }) => status)).toEqual([...late.map(() => undefined), 200]);
  });

  it('gives authorization events the short limit and tickets the long one', async () => {
    const scene = await makeScene(harness);
    const app = await authorize(harness, scene);
    await harness.control('PATCH', '/limits', { urgentAnswerMs: 150, answerMs: 60_000, sendsPerPush: 1 });
    const open: ServerResponse[] = [];
    harness.provider.answerPushes((_request, response) => open.push(response));
    await harness.control('POST', `/templates/${scene.template.suiteId}/ticket`);
    await arrived(harness, 'suite_ticket', 2);
    await harness.control('POST', `/installations/${app.installationId}/disable`);
    expect((await settled(scene.template.suiteId, 'change_auth')).outcome).toBe('FAILED');
    open[0]!.end('success');
    expect((await settled(scene.template.suiteId, 'suite_ticket')).outcome).toBe('DELIVERED');
  });

  it('notes an answer other than success and does not send again', async () => {
    const scene = await makeScene(harness);
    await arrived(harness, 'suite_ticket');
    harness.provider.answerPushes((_request, response) => response.end('ok'));
    await harness.control('POST', `/templates/${scene.template.suiteId}/ticket`);
    const line = await settled(scene.template.suiteId, 'suite_ticket');
    expect(line).toMatchObject({ outcome: 'REFUSED', attempts: [{ status: 200, answer: 'ok' }] });
    expect(line.attempts).toHaveLength(1);
  });

  it('pushes a ticket when the interval is over', async () => {
    await makeScene(harness);
    const first = await arrived(harness, 'suite_ticket');
    await harness.control('PUT', '/clock', { advanceMs: 600_000 });
    const second = await arrived(harness, 'suite_ticket', 2);
    expect(second.value('SuiteTicket')).not.toBe(first.value('SuiteTicket'));
  });

  it('keeps the query that a callback address has of its own', async () => {
    const provider = await harness.control('POST', '/providers', { name: '云启软件' });
    await harness.control('POST', '/templates', {
      providerCorpId: provider['corpId'],
      name: '云启订单',
      intro: '订单跟进与提醒',
      callbackUrl: `${harness.provider.url}?tenant=7`,
      ...KEYS,
    });
    expect(harness.provider.verified[0]!.query.get('tenant')).toBe('7');
    expect((await arrived(harness, 'suite_ticket')).query.get('tenant')).toBe('7');
  });
});

describe('the GET verification on save', () => {
  let harness: Harness;
  let providerCorpId: string;

  beforeEach(async () => {
    harness = await startHarness();
    providerCorpId = (await harness.control('POST', '/providers', { name: '云启软件' }))['corpId']!;
  });
  afterEach(() => harness.stop());

  const save = (change: Record<string, unknown> = {}) =>
    harness.rawControl('POST', '/templates', {
      providerCorpId,
      name: '云启订单',
      intro: '订单跟进与提醒',
      callbackUrl: harness.provider.url,
      ...KEYS,
      ...change,
    });

  const codesOf = (json: Record<string, unknown>): string[] =>
    (json['violations'] as { code: string }[]).map(({ code }) => code);

  it("passes with the bare plaintext; the receiveid is the provider's own corpid", async () => {
    const { status, json } = await save();
    expect(status).toBe(200);
    expect(json['suiteId']).toMatch(/^dk/);
    expect(harness.provider.verified).toMatchObject([{ receiveId: providerCorpId }]);
  });

  it.each<[string, string, (plaintext: string) => string]>([
    ['a line break', 'CALLBACK_BODY', (plaintext) => `${plaintext}\n`],
    ['quotes', 'CALLBACK_BODY', (plaintext) => `"${plaintext}"`],
    ['something else', 'CALLBACK_BODY', () => 'success'],
    ['nothing', 'CALLBACK_BODY', () => ''],
  ])('refuses %s', async (_what, code, answer) => {
    harness.provider.answerVerification((plaintext, response) => response.end(answer(plaintext)));
    const { status, json } = await save();
    expect(status).toBe(400);
    expect(codesOf(json)).toEqual([code]);
    expect(await harness.control('GET', '/templates')).toEqual([]);
  });

  it('refuses a status other than 200, a slow answer and a closed door, each with its own reason', async () => {
    harness.provider.answerVerification((plaintext, response) => {
      response.statusCode = 201;
      response.end(plaintext);
    });
    expect(codesOf((await save()).json)).toEqual(['CALLBACK_STATUS']);
    harness.provider.answerVerification(() => undefined);
    await harness.control('PATCH', '/limits', { urgentAnswerMs: 200 });
    expect(codesOf((await save()).json)).toEqual(['CALLBACK_TIMEOUT']);
    await harness.control('PATCH', '/limits', PATIENT);
    expect(codesOf((await save({ callbackUrl: 'http://127.0.0.1:1/callback' })).json)).toEqual([
      'CALLBACK_UNREACHABLE',
    ]);
  });

  it('reports every fault of the form at once and asks nobody', async () => {
    const { json } = await save({
      name: '微',
      intro: '短',
      callbackUrl: 'callback',
      token: 'a-b',
      encodingAesKey: 'short',
    });
    expect(codesOf(json)).toEqual(['NAME_LENGTH', 'INTRO_LENGTH', 'URL', 'TOKEN', 'AES_KEY']);
    expect(harness.provider.verified).toEqual([]);
  });

  it('keeps the old configuration when the new one does not pass', async () => {
    const { json } = await save();
    harness.provider.answerVerification((_plaintext, response) => response.end('no'));
    const change = { callbackUrl: `${harness.provider.url}?new=1`, ...KEYS };
    expect((await harness.rawControl('PUT', `/templates/${json['suiteId'] as string}/callback`, change)).status).toBe(
      400,
    );
    expect(await harness.control('GET', `/templates/${json['suiteId'] as string}`)).toMatchObject({
      callbackUrl: harness.provider.url,
    });
  });
});
