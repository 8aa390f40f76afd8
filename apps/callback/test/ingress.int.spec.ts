import { createHash } from 'node:crypto';
import { eventually, uniqueName } from '@daikaifa/testing';
import { contentEventId } from '@daikaifa/wecom-protocol';
import { encrypt } from '@wecom/crypto';
import { createKeyRing } from '@daikaifa/security';
import { testKeyRingSpec } from '@daikaifa/testing';
import type { App } from '@daikaifa/service';
import { createPublisher } from '@daikaifa/harness';
import {
  createSteps,
  openDatabase,
  ownConfig,
  startApp,
  transportRing,
  watchTopics,
  type OpenEndpoint,
  type Steps,
} from './harness';
import {
  answerOf,
  changeAuthXml,
  createAuthXml,
  envelopeOf,
  post,
  push,
  signedQuery,
  ticketXml,
  verifyUrl,
} from './wecom';

const config = ownConfig();
let app: App;
let others: Awaited<ReturnType<typeof createPublisher>>;
let watched: Awaited<ReturnType<typeof watchTopics>>;
let steps: Steps;
let endpoint: OpenEndpoint;

beforeAll(async () => {
  app = await startApp(config);
  others = await createPublisher(config);
  watched = await watchTopics(config);
  steps = createSteps(app, others);
  endpoint = await steps.openEndpoint();
  // The corp id and the suite id have arrived when a verification and an event pass.
  await eventually(async () => (await verifyUrl(endpoint.url, endpoint.keys, endpoint.tenant.corpId)).status === 200);
  await eventually(async () => {
    await push(endpoint.url, endpoint.keys, endpoint.suiteId, ticketXml(endpoint.suiteId, uniqueName('warm')));
    return watched.signalsOf(endpoint.suiteId).some(({ data }) => data.receiveIdMatched === 'SUITE_ID');
  });
});
afterAll(async () => {
  await watched.stop();
  await others.stop();
  await app.stop();
});

const published = (suiteId: string, count: number) =>
  eventually(() => (watched.signalsOf(suiteId).length >= count ? watched.signalsOf(suiteId) : null));

/** How many events of this address there are, when everything before a marker has been read: what is not there by then was not published. */
const publishedUpToNow = async (of: OpenEndpoint): Promise<number> => {
  const marker = uniqueName('ticket');
  const xml = ticketXml(of.suiteId, marker);
  expect((await push(of.url, of.keys, of.suiteId, xml)).status).toBe(200);
  const id = contentEventId(of.id, xml);
  await eventually(() => watched.signals.some((event) => event.id === id));
  return new Set(watched.signals.flatMap(({ id: seen, data }) => (data.endpointId === of.id ? [seen] : []))).size - 1;
};

describe('GET verification', () => {
  it('answers the bare plaintext, and reports it as an event', async () => {
    const fresh = await steps.openEndpoint();
    await eventually(async () => (await verifyUrl(fresh.url, fresh.keys, fresh.tenant.corpId)).status === 200);
    const answer = await verifyUrl(fresh.url, fresh.keys, fresh.tenant.corpId, '4242424242424242424');
    expect(answer).toEqual({ status: 200, body: '4242424242424242424', contentType: 'text/plain' });

    const view = await steps.findWhen(fresh.tenant.admin, fresh.id, ({ verifiedAt }) => verifiedAt !== null);
    const [event] = await eventually(() => {
      const found = watched.endpointsOf(fresh.id).filter(({ type }) => type === 'callback.endpoint.verified');
      return found.length > 0 ? found : null;
    });
    expect(event?.state).toMatchObject({ id: fresh.id, keysIssued: true, verifiedAt: view.verifiedAt });
  });

  it('takes further parameters of the URL, and a plus that nobody encoded', async () => {
    const oneMore = (): string => encrypt(endpoint.keys.encodingAesKey, '12345', endpoint.tenant.corpId);
    let encrypted = oneMore();
    while (!encrypted.includes('+')) {
      // Its random part decides.
      encrypted = oneMore();
    }
    const query = signedQuery(endpoint.keys, encrypted);
    const answer = await answerOf(
      await fetch(`${endpoint.url}?from=console&x=1&${query.toString()}&echostr=${encrypted.replaceAll('/', '%2F').replaceAll('=', '%3D')}`),
    );
    expect(answer).toMatchObject({ status: 200, body: '12345' });
  });

  it('refuses the receiveid of somebody else, a wrong signature and a missing parameter, each with its reason', async () => {
    const fresh = await steps.openEndpoint();
    await eventually(async () => (await verifyUrl(fresh.url, fresh.keys, fresh.tenant.corpId)).status === 200);
    // Each is seen before the next one: two within a millisecond have no order.
    const newest = (reason: string) =>
      steps.findWhen(fresh.tenant.admin, fresh.id, ({ refusals }) => refusals.nodes[0]?.reason === reason);
    expect((await verifyUrl(fresh.url, fresh.keys, 'ww0000000000000000')).status).toBe(400);
    await newest('RECEIVE_ID');
    expect((await verifyUrl(fresh.url, endpoint.keys, fresh.tenant.corpId)).status).toBe(403);
    await newest('SIGNATURE');
    expect((await answerOf(await fetch(fresh.url))).status).toBe(400);
    const view = await newest('ENVELOPE');
    expect(view.refusals.nodes.slice(0, 3).map(({ method, reason }) => `${method} ${reason}`)).toEqual([
      'GET ENVELOPE',
      'GET SIGNATURE',
      'GET RECEIVE_ID',
    ]);
  });
});

describe('POST events', () => {
  it('publishes each event once, sealed, keyed and told apart by its content', async () => {
    const authCode = uniqueName('code');
    const xml = createAuthXml(endpoint.suiteId, authCode, 'scene9');
    const answer = await push(endpoint.url, endpoint.keys, endpoint.suiteId, xml);
    expect(answer).toEqual({ status: 200, body: 'success', contentType: 'text/plain' });

    const id = contentEventId(endpoint.id, xml);
    const event = await eventually(() => watched.signals.find((one) => one.id === id));
    expect(event).toMatchObject({
      type: 'wecom.suite.create_auth',
      subject: endpoint.suiteId,
      tenant: endpoint.tenant.id,
      suite: endpoint.suiteId,
      data: { endpointId: endpoint.id, suiteId: endpoint.suiteId, infoType: 'create_auth', state: 'scene9', receiveIdMatched: 'SUITE_ID' },
    });
    const { sealed } = event.data;
    expect(transportRing.open(sealed.authCode!, `${id}:authCode`)).toBe(authCode);
    expect(transportRing.open(sealed.raw, `${id}:raw`)).toBe(xml);
    expect(JSON.stringify(event)).not.toContain(authCode);
  });

  it('carries the correlation id and the trace of the request', async () => {
    const xml = ticketXml(endpoint.suiteId, uniqueName('ticket'));
    const encrypted = encrypt(endpoint.keys.encodingAesKey, xml, endpoint.suiteId);
    const response = await fetch(`${endpoint.url}?${signedQuery(endpoint.keys, encrypted).toString()}`, {
      method: 'POST',
      body: envelopeOf(encrypted),
      headers: { 'x-correlation-id': 'cause-1' },
    });
    expect(response.headers.get('x-correlation-id')).toBe('cause-1');
    const id = contentEventId(endpoint.id, xml);
    const event = await eventually(() => watched.signals.find((one) => one.id === id));
    expect(event.correlationid).toBe('cause-1');
  });

  it('accepts the provider’s corp id, an unknown InfoType, JSON and a clock far away, and says so', async () => {
    const corp = changeAuthXml(endpoint.suiteId, 'wpCaseSensitive', '1403610513');
    expect((await push(endpoint.url, endpoint.keys, endpoint.tenant.corpId, corp)).body).toBe('success');
    const strange = `<xml><SuiteId>${endpoint.suiteId}</SuiteId><InfoType>new_thing</InfoType><TimeStamp>1</TimeStamp></xml>`;
    const encrypted = encrypt(endpoint.keys.encodingAesKey, strange, endpoint.suiteId);
    const json = JSON.stringify({ ToUserName: endpoint.suiteId, Encrypt: encrypted });
    expect((await post(endpoint.url, signedQuery(endpoint.keys, encrypted), json)).body).toBe('success');

    const byId = async (xml: string) => {
      const id = contentEventId(endpoint.id, xml);
      return eventually(() => watched.signals.find((one) => one.id === id));
    };
    const change = await byId(corp);
    expect(change).toMatchObject({ corp: 'wpCaseSensitive', data: { receiveIdMatched: 'PROVIDER_CORP_ID', timestampSec: 1_403_610_513 } });
    expect(change.data.clockSkewSec).toBeGreaterThan(300_000_000);
    expect(await byId(strange)).toMatchObject({ type: 'wecom.suite.new_thing', data: { infoType: 'new_thing' } });
  });

  it('counts a re-send, encrypted anew, and does not publish it again', async () => {
    const fresh = await steps.openEndpoint();
    const sendFourTimes = async () => {
      const xml = ticketXml(fresh.suiteId, uniqueName('ticket'));
      const id = contentEventId(fresh.id, xml);
      const together = await Promise.all([1, 2, 3].map(() => push(fresh.url, fresh.keys, fresh.suiteId, xml)));
      const later = await push(fresh.url, fresh.keys, fresh.suiteId, xml);
      const isCounted = (receipt: { id: string; sends: number }): boolean => receipt.id === id && receipt.sends === 4;
      const view = await steps.findWhen(fresh.tenant.admin, fresh.id, ({ receipts }) => receipts.nodes.some(isCounted));
      return { id, bodies: [...together, later].map(({ body }) => body), receipt: view.receipts.nodes.find(isCounted)! };
    };
    // Until the suite is known events are parked; while the broker takes longer than WeCom waits they go by MongoDB, and may
    // arrive twice.
    const { id, bodies, receipt } = await eventually(async () => {
      const sent = await sendFourTimes();
      return sent.receipt.state === 'PUBLISHED' ? sent : undefined;
    });

    expect(bodies).toEqual(['success', 'success', 'success', 'success']);
    expect(receipt).toEqual({
      id,
      class: 'SUITE',
      infoType: 'suite_ticket',
      suiteId: fresh.suiteId,
      state: 'PUBLISHED',
      sends: 4,
    });
    await publishedUpToNow(fresh);
    expect(watched.signals.filter((one) => one.id === id)).toHaveLength(1);
  });

  it('recognises a re-send that another process has accepted', async () => {
    const second = await startApp({ ...config, roles: ['ingress'] });
    try {
      const url = `${second.url}/callback/suite/${endpoint.id}`;
      const publications = async (): Promise<number> => {
        const xml = ticketXml(endpoint.suiteId, uniqueName('ticket'));
        const id = contentEventId(endpoint.id, xml);
        expect((await push(endpoint.url, endpoint.keys, endpoint.suiteId, xml)).status).toBe(200);
        expect((await push(url, endpoint.keys, endpoint.suiteId, xml)).status).toBe(200);
        await publishedUpToNow(endpoint);
        return watched.signals.filter((one) => one.id === id).length;
      };
      // A store that answers later than WeCom waits is not waited for, and the event is published again, with its id.
      await eventually(async () => (await publications()) === 1, { timeoutMs: 30_000 });
    } finally {
      await second.stop();
    }
  });

  it('keeps the order in which it accepted', async () => {
    const fresh = await steps.openEndpoint();
    await eventually(async () => {
      await push(fresh.url, fresh.keys, fresh.suiteId, ticketXml(fresh.suiteId, uniqueName('warm')));
      return watched.signalsOf(fresh.suiteId).some(({ data }) => data.receiveIdMatched === 'SUITE_ID');
    });
    const sent: string[] = [];
    for (let index = 0; index < 20; index += 1) {
      const xml = ticketXml(fresh.suiteId, `${index}-${uniqueName('ticket')}`);
      sent.push(contentEventId(fresh.id, xml));
      await push(fresh.url, fresh.keys, fresh.suiteId, xml);
    }
    const seen = () => [...new Set(watched.signalsOf(fresh.suiteId).flatMap(({ id }) => (sent.includes(id) ? [id] : [])))];
    await eventually(() => seen().length === 20, { timeoutMs: 30_000 });
    expect(seen()).toEqual(sent);
  });
});

describe('published vectors', () => {
  const keys = { token: 'QDG6eK', encodingAesKey: 'jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C' };

  it('pass: the sample programs’ URL verification, a member’s message, and a suite ticket', async () => {
    const ring = createKeyRing(testKeyRingSpec);
    const tenant = await steps.addTenant('wx5823bf96d3bd56c7');
    const { templateId, endpointId } = await steps.addTemplate(tenant);
    const own = { id: endpointId, templateId, tenant };
    const mongo = await openDatabase(config);
    const seal = (part: 'token' | 'encodingAesKey') => ring.seal(keys[part], `${endpointId}:pair-v:${part}`);
    await mongo.connection.collection<{ _id: string }>('endpoints').updateOne(
      { _id: endpointId },
      { $set: { current: { id: 'pair-v', token: seal('token'), encodingAesKey: seal('encodingAesKey'), issuedAt: new Date() } } },
    );
    await mongo.close();
    await steps.recordSuite(own, 'dk0123456789abcdef');
    const url = `${app.url}/callback/suite/${endpointId}`;

    const echo = new URLSearchParams({
      msg_signature: '5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3',
      timestamp: '1409659589',
      nonce: '263014780',
      echostr: 'P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ==',
    });
    const verified = await eventually(async () => {
      const answer = await answerOf(await fetch(`${url}?${echo.toString()}`));
      return answer.status === 200 ? answer : null;
    });
    expect(verified.body).toBe('1616140317555161061');

    const suiteTicket =
      'sKqRbbiSUnDhFHOvPjtUMeoepyOyy/NnA7d0qhyunW6L71rgh3KMKP64VRda6A5vePe33bphDqZw0mJmjEP65wmVRcFWMt5uvwR1z0L2wLZ/CIptttNac2ZTsh+CWvEqRgd4J93JV+zVWfqrd96SLl3/Nv2V1kdUZ0H3cdM5mRDUtiIQx6ByA81YM/oJRqhr/v/egXUVvi7OjOUiptI3tOsf27+etnRRPerExhd0XC6zdjLEsRxQImhwvXb49rWve69rlQ+gcBashi1Sl4YvebvwVhqUijRm5e2Mpl9u45da/gNC7slSkAesyaMBJsnOXrglLEHIZ63ZoP5tOiJ9eQ==';
    const query = new URLSearchParams({
      msg_signature: 'a3daa81d775ce8cbd012bdb71c3919482f8e62a8',
      timestamp: '1409659813',
      nonce: '1372623149',
    });
    expect((await post(url, query, envelopeOf(suiteTicket, 'dk0123456789abcdef'))).body).toBe('success');
    const [event] = await published('dk0123456789abcdef', 1);
    expect(transportRing.open(event!.data.sealed.suiteTicket!, `${event!.id}:suiteTicket`)).toBe('asdfasfdasdfasdf');

    const message =
      'RypEvHKD8QQKFhvQ6QleEB4J58tiPdvo+rtK1I9qca6aM/wvqnLSV5zEPeusUiX5L5X/0lWfrf0QADHHhGd3QczcdCUpj911L3vg3W/sYYvuJTs3TUUkSUXxaccAS0qhxchrRYt66wiSpGLYL42aM6A8dTT+6k4aSknmPj48kzJs8qLjvd4Xgpue06DOdnLxAUHzM6+kDZ+HMZfJYuR+LtwGc2hgf5gsijff0ekUNXZiqATP7PF5mZxZ3Izoun1s4zG4LUMnvw2r+KqCKIw+3IQH03v+BCA9nMELNqbSf6tiWSrXJB3LAVGUcallcrw8V2t9EL4EhzJWrQUax5wLVMNS0+rUPA3k22Ncx4XXZS9o0MBH27Bo6BpNelZpS+/uh9KsNlY6bHCmJU9p8g7m3fVKn28H3KDYA5Pl/T8Z1ptDAVe0lXdQ2YoyyH2uyPIGHBZZIs2pDBS8R07+qN+E7Q==';
    query.set('msg_signature', '477715d11cdb4164915debcba66cb864d751f3e6');
    const corpId = 'wx5823bf96d3bd56c7';
    const corp = { authorizationId: uniqueName('z'), corpId, endpoint: { ...own, suiteId: 'dk0123456789abcdef', url, keys } };
    await steps.authorize(corp);
    expect(await post(url, query, envelopeOf(message))).toMatchObject({ status: 200, body: '' });
    const sample = await eventually(() => watched.appSignalsOf('dk0123456789abcdef', corpId)[0]);
    expect(sample).toMatchObject({
      type: 'wecom.app.text',
      data: { corpId, msgType: 'text', agentId: 218, createTimeSec: 1_409_659_813 },
    });
  });
});

describe('refusals', () => {
  const big = '<xml>'.padEnd(config.ingress.maxBodyBytes + 1, 'x');

  it.each([
    ['ENVELOPE', 'a body that is no XML', 400, async (e: OpenEndpoint) => post(e.url, signedQuery(e.keys, 'x'), 'hello')],
    ['ENVELOPE', 'a truncated body', 400, async (e: OpenEndpoint) => post(e.url, signedQuery(e.keys, 'x'), envelopeOf('AAAA').slice(0, 70))],
    ['ENVELOPE', 'no body', 400, async (e: OpenEndpoint) => post(e.url, signedQuery(e.keys, 'x'), '')],
    ['ENVELOPE', 'a missing signature', 400, async (e: OpenEndpoint) => post(e.url, new URLSearchParams(), envelopeOf('AAAA'))],
    ['SIGNATURE', 'a forged signature', 403, async (e: OpenEndpoint) => {
      const encrypted = encrypt(e.keys.encodingAesKey, ticketXml(e.suiteId, 'forged'), e.suiteId);
      return post(e.url, signedQuery({ ...e.keys, token: 'another' }, encrypted), envelopeOf(encrypted));
    }],
    ['AES', 'a ciphertext of another key', 403, async (e: OpenEndpoint) => {
      const encrypted = encrypt('jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C', ticketXml(e.suiteId, 'other'), e.suiteId);
      return post(e.url, signedQuery(e.keys, encrypted), envelopeOf(encrypted));
    }],
    ['RECEIVE_ID', 'the receiveid of somebody else', 400, async (e: OpenEndpoint) => push(e.url, e.keys, 'wwSomebodyElse', ticketXml(e.suiteId, 'x'))],
    ['RECEIVE_ID', 'the receiveid in another case', 400, async (e: OpenEndpoint) => push(e.url, e.keys, e.suiteId.toUpperCase(), ticketXml(e.suiteId, 'y'))],
    ['RECEIVE_ID', 'an empty receiveid', 400, async (e: OpenEndpoint) => push(e.url, e.keys, '', ticketXml(e.suiteId, 'z'))],
    ['TOO_LARGE', 'a body over the limit', 413, async (e: OpenEndpoint) => post(e.url, signedQuery(e.keys, 'x'), big)],
  ] as const)('%s: %s is refused, recorded, and nothing is published', async (reason, _what, status, send) => {
    const fresh = await steps.openEndpoint();
    await eventually(async () => {
      await push(fresh.url, fresh.keys, fresh.suiteId, ticketXml(fresh.suiteId, uniqueName('warm')));
      return watched.signalsOf(fresh.suiteId).length > 0;
    });
    const before = await publishedUpToNow(fresh);
    const answer = await send(fresh);
    expect(answer).toMatchObject({ status, body: 'refused' });
    const view = await steps.findWhen(fresh.tenant.admin, fresh.id, ({ refusals }) => refusals.nodes.length > 0);
    expect(view.refusals.nodes[0]).toMatchObject({ reason, method: 'POST', remoteAddress: '127.0.0.1' });
    expect(await publishedUpToNow(fresh)).toBe(before + 1);
  });

  it('keep size and hash of the body', async () => {
    const fresh = await steps.openEndpoint();
    await post(fresh.url, signedQuery(fresh.keys, 'x'), 'not an envelope');
    await steps.findWhen(fresh.tenant.admin, fresh.id, ({ refusals }) => refusals.nodes.length === 1);
    await post(fresh.url, signedQuery(fresh.keys, 'x'), big);
    const view = await steps.findWhen(fresh.tenant.admin, fresh.id, ({ refusals }) => refusals.nodes.length === 2);
    expect(view.refusals.nodes).toMatchObject([
      { reason: 'TOO_LARGE', sizeBytes: big.length },
      { reason: 'ENVELOPE', sizeBytes: 15, bodySha256: createHash('sha256').update('not an envelope').digest('hex') },
    ]);
  });

  it('UNKNOWN_ENDPOINT: an address that nobody has is 404, whatever it looks like', async () => {
    const mongo = await openDatabase(config);
    const url = `${app.url}/callback/suite/`;
    expect((await push(`${url}00000000-0000-8000-a000-000000000000`, endpoint.keys, 'x', '<xml/>')).status).toBe(404);
    expect((await push(`${url}..%2f..%2fetc`, endpoint.keys, 'x', '<xml/>')).status).toBe(404);
    expect((await verifyUrl(`${url}1`, endpoint.keys, 'x')).status).toBe(404);
    await eventually(async () => {
      const found = await mongo.connection.collection('refusals').find({ reason: 'UNKNOWN_ENDPOINT' }).toArray();
      return found.length === 3 && found.every(({ tenant }) => tenant === null);
    });
    await mongo.close();
  });

  it('a flood is answered, and fills neither the journal nor the room of other endpoints', async () => {
    const [flooded, quiet] = [await steps.openEndpoint(), await steps.openEndpoint()];
    const forged = signedQuery({ ...flooded.keys, token: 'forged' }, 'AAAA');
    const began = Date.now();
    const answers = await Promise.all(Array.from({ length: 120 }, () => post(flooded.url, forged, envelopeOf('AAAA'))));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([403]));
    expect((await post(quiet.url, forged, 'x')).status).toBe(400);
    await steps.findWhen(quiet.tenant.admin, quiet.id, ({ refusals }) => refusals.nodes.length === 1);
    const mongo = await openDatabase(config);
    const kept = await eventually(async () => (await mongo.connection.collection('refusals').countDocuments({ endpointId: flooded.id })) || null);
    await mongo.close();
    // A burst of 20, and two a second, however long it took.
    expect(kept).toBeLessThanOrEqual(20 + Math.ceil((Date.now() - began) / 500));
  });
});
