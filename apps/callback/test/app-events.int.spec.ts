import { createPublisher } from '@daikaifa/harness';
import type { App } from '@daikaifa/service';
import { eventually, uniqueName } from '@daikaifa/testing';
import { contentEventId } from '@daikaifa/wecom-protocol';
import { encrypt } from '@wecom/crypto';
import {
  createSteps,
  openDatabase,
  ownConfig,
  startApp,
  transportRing,
  watchTopics,
  type CorpOf,
  type OpenEndpoint,
  type Steps,
} from './harness';
import { appEventXml, envelopeOf, post, push, signedQuery, systemXml, textXml, ticketXml, verifyUrl, type ConsoleKeys } from './wecom';

const config = ownConfig();
let app: App;
let others: Awaited<ReturnType<typeof createPublisher>>;
let watched: Awaited<ReturnType<typeof watchTopics>>;
let steps: Steps;
let endpoint: OpenEndpoint;
let corp: CorpOf;
/** The app's own endpoint. */
let own: { id: string; url: string; keys: ConsoleKeys };

const signalOf = (endpointId: string, xml: string) => {
  const id = contentEventId(endpointId, xml);
  return eventually(() => watched.appSignals.find((event) => event.id === id));
};

/** Everything that was sent before to this suite, and of this corp to this address, has been read: what is not there by then was not published. */
const readUpToNow = async (to: { id: string; url: string; keys: ConsoleKeys } = endpoint): Promise<void> => {
  const ticket = ticketXml(endpoint.suiteId, uniqueName('marker'));
  const message = textXml(corp.corpId, uniqueName('marker'));
  expect((await push(endpoint.url, endpoint.keys, endpoint.suiteId, ticket)).status).toBe(200);
  expect((await push(to.url, to.keys, corp.corpId, message)).status).toBe(200);
  await eventually(() => watched.signals.find(({ id }) => id === contentEventId(endpoint.id, ticket)));
  await signalOf(to.id, message);
};

/** A corp whose messages are accepted by now. */
const knownCorp = async (of: OpenEndpoint): Promise<CorpOf> => {
  const known = steps.newCorp(of);
  await steps.authorize(known);
  const xml = textXml(known.corpId, uniqueName('warm'));
  expect((await push(of.url, of.keys, known.corpId, xml)).status).toBe(200);
  await signalOf(of.id, xml);
  return known;
};

beforeAll(async () => {
  app = await startApp(config);
  others = await createPublisher(config);
  watched = await watchTopics(config);
  steps = createSteps(app, others);
  endpoint = await steps.openEndpoint();
  await eventually(async () => (await verifyUrl(endpoint.url, endpoint.keys, endpoint.tenant.corpId)).status === 200);
  await eventually(async () => {
    await push(endpoint.url, endpoint.keys, endpoint.suiteId, ticketXml(endpoint.suiteId, uniqueName('warm')));
    return watched.signalsOf(endpoint.suiteId).some(({ data }) => data.receiveIdMatched === 'SUITE_ID');
  });
  corp = await knownCorp(endpoint);
  own = await steps.openAppEndpoint(corp);
});
afterAll(async () => {
  await watched.stop();
  await others.stop();
  await app.stop();
});

describe('a shared address', () => {
  it('publishes a member’s message once, sealed, keyed by suite and corp, and answers with nothing', async () => {
    const sendTwice = async () => {
      const content = uniqueName('hello');
      const xml = textXml(corp.corpId, content);
      const answers = [await push(endpoint.url, endpoint.keys, corp.corpId, xml), await push(endpoint.url, endpoint.keys, corp.corpId, xml)];
      const event = await signalOf(endpoint.id, xml);
      const isCounted = (receipt: { id: string; sends: number }): boolean => receipt.id === event.id && receipt.sends === 2;
      const view = await steps.findWhen(endpoint.tenant.admin, endpoint.id, ({ receipts }) => receipts.nodes.some(isCounted));
      return { content, xml, answers, event, receipt: view.receipts.nodes.find(isCounted)! };
    };
    // While the broker takes longer than WeCom waits, events go by MongoDB, and may arrive twice.
    const { content, xml, answers, event, receipt } = await eventually(async () => {
      const sent = await sendTwice();
      return sent.receipt.state === 'PUBLISHED' ? sent : undefined;
    });

    expect(answers.map(({ status, body }) => `${status} "${body}"`)).toEqual(['200 ""', '200 ""']);
    expect(event).toMatchObject({
      type: 'wecom.app.text',
      subject: `${endpoint.suiteId}:${corp.corpId}`,
      tenant: endpoint.tenant.id,
      suite: endpoint.suiteId,
      corp: corp.corpId,
      data: {
        endpointId: endpoint.id,
        suiteId: endpoint.suiteId,
        corpId: corp.corpId,
        agentId: 1_000_002,
        msgType: 'text',
        event: null,
        receiveIdMatched: 'CORP_ID',
      },
    });
    expect(transportRing.open(event.data.sealed.raw, `${event.id}:raw`)).toBe(xml);
    expect(JSON.stringify(event)).not.toContain(content);
    expect(receipt).toMatchObject({ class: 'APP', infoType: 'text', state: 'PUBLISHED' });
    await readUpToNow();
    expect(watched.appSignals.filter(({ id }) => id === event.id)).toHaveLength(1);
  });

  it('tells the class by the content: success for the suite, nothing for the app, whichever comes', async () => {
    const ticket = ticketXml(endpoint.suiteId, uniqueName('ticket'));
    const subscribe = appEventXml(corp.corpId, 'subscribe');
    const bodies = [
      (await push(endpoint.url, endpoint.keys, endpoint.suiteId, ticket)).body,
      (await push(endpoint.url, endpoint.keys, corp.corpId, subscribe)).body,
      (await push(endpoint.url, endpoint.keys, endpoint.tenant.corpId, systemXml(endpoint.tenant.corpId, corp.corpId))).body,
    ];
    expect(bodies).toEqual(['success', '', 'success']);
    expect(await signalOf(endpoint.id, subscribe)).toMatchObject({
      type: 'wecom.app.event.subscribe',
      data: { msgType: 'event', event: 'subscribe' },
    });
    await readUpToNow();
    expect(watched.appSignals.some(({ id }) => id === contentEventId(endpoint.id, ticket))).toBe(false);
  });

  it('tolerates a system event, and passes it to nobody', async () => {
    const xml = systemXml(endpoint.tenant.corpId, corp.corpId);
    expect((await push(endpoint.url, endpoint.keys, endpoint.tenant.corpId, xml)).body).toBe('success');
    await readUpToNow();
    expect([...watched.signals, ...watched.appSignals].some(({ id }) => id === contentEventId(endpoint.id, xml))).toBe(false);
  });

  it.each([
    ['the suite id', 'SUITE_ID', () => endpoint.suiteId],
    ['the provider’s corp id', 'PROVIDER_CORP_ID', () => endpoint.tenant.corpId],
  ] as const)('accepts %s as the receiveid of a message, and says so', async (_what, matched, receiveId) => {
    const xml = textXml(corp.corpId, uniqueName('hello'));
    expect((await push(endpoint.url, endpoint.keys, receiveId(), xml)).status).toBe(200);
    expect(await signalOf(endpoint.id, xml)).toMatchObject({ data: { corpId: corp.corpId, receiveIdMatched: matched } });
  });

  it('publishes what it cannot normalise, under its name, and an event that nobody knows', async () => {
    const broken = textXml(corp.corpId, 'x').replace('</MsgId>', 'x</MsgId>');
    const strange = appEventXml(corp.corpId, 'new_thing');
    const nasty = appEventXml(corp.corpId, 'a b"\n');
    for (const xml of [broken, strange, nasty]) {
      expect((await push(endpoint.url, endpoint.keys, corp.corpId, xml)).status).toBe(200);
    }
    expect((await signalOf(endpoint.id, broken)).type).toBe('wecom.app.text');
    expect((await signalOf(endpoint.id, strange)).type).toBe('wecom.app.event.new_thing');
    expect((await signalOf(endpoint.id, nasty)).type).toBe('wecom.app.event.unknown');
  });

  it('keeps the order of each corp', async () => {
    const other = await knownCorp(endpoint);
    const sent: Record<string, string[]> = { [corp.corpId]: [], [other.corpId]: [] };
    for (let index = 0; index < 20; index += 1) {
      const { corpId } = index % 2 === 0 ? corp : other;
      const xml = textXml(corpId, `${index}-${uniqueName('text')}`);
      sent[corpId]!.push(contentEventId(endpoint.id, xml));
      await push(endpoint.url, endpoint.keys, corpId, xml);
    }
    for (const { corpId } of [corp, other]) {
      const seen = () => [
        ...new Set(watched.appSignalsOf(endpoint.suiteId, corpId).flatMap(({ id }) => (sent[corpId]!.includes(id) ? [id] : []))),
      ];
      await eventually(() => seen().length >= 10, { timeoutMs: 30_000 });
      expect(seen()).toEqual(sent[corpId]);
    }
  });
});

describe('the app’s own address', () => {
  it('is verified and receives like the template’s', async () => {
    const verified = await eventually(async () => {
      const answer = await verifyUrl(own.url, own.keys, endpoint.tenant.corpId, '4242');
      return answer.status === 200 ? answer : null;
    });
    expect(verified.body).toBe('4242');
    const xml = textXml(corp.corpId, uniqueName('own'));
    expect(await push(own.url, own.keys, corp.corpId, xml)).toMatchObject({ status: 200, body: '' });
    expect(await signalOf(own.id, xml)).toMatchObject({ subject: `${endpoint.suiteId}:${corp.corpId}`, data: { endpointId: own.id } });
    const view = await steps.findWhen(endpoint.tenant.admin, own.id, ({ receipts, verifiedAt }) => receipts.nodes.length > 0 && verifiedAt !== null);
    expect(view).toMatchObject({ kind: 'APP', template: { id: endpoint.templateId } });
  });

  it('rotates its keys like the template’s', async () => {
    const next = await steps.issue(endpoint.tenant.admin, own.id);
    const send = async (keys: ConsoleKeys) => (await push(own.url, keys, corp.corpId, textXml(corp.corpId, uniqueName('r')))).status;
    expect([await send(own.keys), await send(next), await send(own.keys)]).toEqual([200, 200, 200]);
    await steps.findWhen(endpoint.tenant.admin, own.id, ({ rotating }) => !rotating);
    // The database tells of it a moment before the process that wrote it has the old pairs out of its memory.
    await eventually(async () => (await verifyUrl(own.url, own.keys, endpoint.tenant.corpId)).status === 403);
    own = { ...own, keys: next };
  });

  it('answers at no other path', async () => {
    const xml = textXml(corp.corpId, 'x');
    expect((await push(`${app.url}/callback/suite/${own.id}`, own.keys, corp.corpId, xml)).status).toBe(404);
    expect((await verifyUrl(`${app.url}/callback/app/${endpoint.id}`, endpoint.keys, endpoint.tenant.corpId)).status).toBe(404);
  });
});

describe('refused app messages', () => {
  const big = '<xml>'.padEnd(config.ingress.maxBodyBytes + 1, 'x');
  const text = (corpId = corp.corpId) => textXml(corpId, uniqueName('bad'));
  const whole = () => envelopeOf(encrypt(own.keys.encodingAesKey, text(), corp.corpId), corp.corpId);

  it.each([
    ['SIGNATURE', 'a forged signature', 403, () => {
      const encrypted = encrypt(own.keys.encodingAesKey, text(), corp.corpId);
      return post(own.url, signedQuery({ ...own.keys, token: 'another' }, encrypted), envelopeOf(encrypted));
    }],
    ['SIGNATURE', 'the keys of the template', 403, () => push(own.url, endpoint.keys, corp.corpId, text())],
    ['AES', 'a ciphertext of another key', 403, () => {
      const encrypted = encrypt(endpoint.keys.encodingAesKey, text(), corp.corpId);
      return post(own.url, signedQuery(own.keys, encrypted), envelopeOf(encrypted));
    }],
    ['TOO_LARGE', 'a body over the limit', 413, () => post(own.url, signedQuery(own.keys, 'x'), big)],
    ['ENVELOPE', 'a truncated body', 400, () => post(own.url, signedQuery(own.keys, 'x'), whole().slice(0, 90))],
    ['RECEIVE_ID', 'another corp, inside and outside', 400, () => push(own.url, own.keys, 'wpForeign', text('wpForeign'))],
    ['RECEIVE_ID', 'another corp inside, the suite outside', 400, () => push(own.url, own.keys, endpoint.suiteId, text('wpForeign'))],
    ['RECEIVE_ID', 'another corp outside', 400, () => push(own.url, own.keys, 'wpForeign', text())],
    ['RECEIVE_ID', 'the corp in another case', 400, () => push(own.url, own.keys, corp.corpId.toLowerCase(), text(corp.corpId.toLowerCase()))],
    ['RECEIVE_ID', 'an empty receiveid', 400, () => push(own.url, own.keys, '', text())],
    ['RECEIVE_ID', 'an event of the suite', 400, () => push(own.url, own.keys, endpoint.suiteId, ticketXml(endpoint.suiteId, 'x'))],
    ['RECEIVE_ID', 'a system event of another provider', 400, () => push(own.url, own.keys, endpoint.tenant.corpId, systemXml('wwOther', corp.corpId))],
  ] as const)('%s: %s is recorded, and nothing is published', async (reason, _what, status, send) => {
    const published = async () => {
      await readUpToNow(own);
      return new Set([...watched.signals, ...watched.appSignals].flatMap(({ id, data }) => (data.endpointId === own.id ? [id] : []))).size;
    };
    const database = await openDatabase(config);
    const refusals = () => database.connection.collection('refusals').find({ endpointId: own.id, reason }).toArray();
    try {
      const [before, recorded] = [await published(), (await refusals()).length];
      expect(await send()).toMatchObject({ status, body: 'refused' });
      await eventually(async () => (await refusals()).length === recorded + 1);
      // One more, which is the marker itself.
      expect(await published()).toBe(before + 1);
      await eventually(async () => (await database.connection.collection('backlog').countDocuments({ endpointId: own.id })) === 0);
    } finally {
      await database.close();
    }
  });

  it('RECEIVE_ID: on a shared address, a receiveid that is not the corp inside', async () => {
    expect((await push(endpoint.url, endpoint.keys, 'wpForeign', text())).status).toBe(400);
    expect((await push(endpoint.url, endpoint.keys, corp.corpId, text('wpForeign'))).status).toBe(400);
  });
});
