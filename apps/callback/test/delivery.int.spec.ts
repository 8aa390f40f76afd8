import { suiteTopic, wecomAppTopic, wecomSuiteTopic } from '@daikaifa/contracts';
import { createPublisher, must } from '@daikaifa/harness';
import { newId } from '@daikaifa/kernel';
import { startTelemetry } from '@daikaifa/observability';
import type { App } from '@daikaifa/service';
import { eventually, manualClock, uniqueName } from '@daikaifa/testing';
import {
  createDestinationSteps,
  newOwner,
  openSink,
  quickLimits,
  RETRY,
  RETRY_MANY,
  ROTATE,
  signatureOf,
  status,
  type DeliveryView,
  type DestinationSteps,
  type Others,
  type Owner,
  type Sink,
} from './destination-steps';
import { openDatabase, ownConfig, startApp, suiteState, transportRing } from './harness';
import { createAuthXml, ticketXml } from './wecom';

// An answer that a spec holds back must outlast what the machine takes for everything else meanwhile.
const config = ownConfig({ DELIVERY_TIMEOUT_SEC: '60' });
let app: App;
let others: Others;
let steps: DestinationSteps;
const telemetry = startTelemetry({ service: 'callback' });
const sinks: Sink[] = [];

const sinkOf = async (...given: Parameters<typeof openSink>): Promise<Sink> => {
  const sink = await openSink(...given);
  sinks.push(sink);
  return sink;
};

beforeAll(async () => {
  app = await startApp(config, { deliveryLimits: quickLimits(), telemetry });
  others = await createPublisher(config);
  steps = createDestinationSteps(app);
});
afterAll(async () => {
  await Promise.all(sinks.map((sink) => sink.close()));
  await others.stop();
  await app.stop();
  await telemetry.stop();
});

/** A platform event of the owner. */
const happen = async (owner: Owner, templateId = newId(), sequence = 1): Promise<string> => {
  await others.state(suiteTopic, sequence, suiteState(templateId, owner.id, uniqueName('dk')));
  return templateId;
};

const suiteSignal = (owner: Owner, infoType: string, raw: string, given: { id?: string; suiteId?: string; authCode?: string } = {}) => {
  const { id = newId(), suiteId = uniqueName('dk'), ...codes } = given;
  const data = {
    endpointId: newId(),
    suiteId,
    infoType,
    timestampSec: 1_772_000_000,
    receivedAt: new Date().toISOString(),
    receiveIdMatched: 'SUITE_ID' as const,
    authCorpId: null,
    state: 's1',
    clockSkewSec: 0,
    sealed: { raw: transportRing.seal(raw, `${id}:raw`), ...codes },
  };
  return others.signal(wecomSuiteTopic, { id, key: suiteId, tenant: owner.id, type: `wecom.suite.${infoType}` }, data);
};

const appSignal = (owner: Owner, raw: string, id = newId()) => {
  const suiteId = uniqueName('dk');
  const corpId = uniqueName('wp');
  const data = {
    endpointId: newId(),
    suiteId,
    corpId,
    agentId: 1_000_002,
    msgType: 'text',
    event: null,
    createTimeSec: 1_772_000_000,
    receivedAt: new Date().toISOString(),
    receiveIdMatched: 'CORP_ID' as const,
    clockSkewSec: 0,
    sealed: { raw: transportRing.seal(raw, `${id}:raw`) },
  };
  return others.signal(wecomAppTopic, { id, key: `${suiteId}:${corpId}`, tenant: owner.id, type: 'wecom.app.text' }, data);
};

describe('an event', () => {
  it('reaches the backend as a signed CloudEvent, once', async () => {
    const owner = newOwner();
    const sink = await sinkOf();
    const { id, secret } = await steps.activate(owner, sink.url);
    const templateId = await happen(owner);
    const received = await eventually(() => sink.events()[0]);
    expect(received.event).toMatchObject({ specversion: '1.0', type: 'suite.recorded', tenant: owner.id, sequence: 1, data: { id: templateId } });
    expect(received.headers['webhook-id']).toBe(received.event.id);
    expect(received.headers['webhook-signature']).toBe(signatureOf(secret, received));
    expect(Math.abs(Number(received.headers['webhook-timestamp']) - Date.now() / 1_000)).toBeLessThan(300);
    const view = await steps.findWhen(owner, id, ({ deliveryCounts }) => deliveryCounts.delivered === 1);
    expect(view.deliveries.nodes[0]).toMatchObject({
      eventType: 'suite.recorded',
      state: 'DELIVERED',
      tries: 1,
      attempts: [{ status: 200, error: null, snippet: null }],
    });
  });

  it('that is read twice makes no second delivery', async () => {
    const owner = newOwner();
    const sink = await sinkOf();
    const { id } = await steps.activate(owner, sink.url);
    const eventId = newId();
    const suiteId = uniqueName('dk');
    await suiteSignal(owner, 'change_auth', '<xml>one</xml>', { id: eventId, suiteId });
    await suiteSignal(owner, 'change_auth', '<xml>one</xml>', { id: eventId, suiteId });
    // In the same partition: when this has been read, so has the repetition.
    await suiteSignal(owner, 'change_auth', '<xml>two</xml>', { suiteId });
    const { deliveryCounts } = await steps.findWhen(owner, id, (view) => view.deliveryCounts.delivered >= 2);
    expect(deliveryCounts).toEqual({ queued: 0, delivered: 2, dead: 0, erased: 0 });
    expect(sink.events().filter(({ event }) => event.id === eventId)).toHaveLength(1);
  });

  it('of before the activation, of another tenant or of another type is not delivered', async () => {
    const owner = newOwner();
    const sink = await sinkOf();
    const made = await steps.open(owner, sink.url, { eventTypes: ['suite.recorded'] });
    // What it is told shows that events of the other type have been dealt with.
    const witness = await sinkOf();
    await steps.activate(owner, witness.url, { eventTypes: ['wecom.suite.*'] });
    const templateId = await happen(owner);
    const other = newOwner();
    const otherSink = await sinkOf();
    const otherMade = await steps.activate(other, otherSink.url);
    await happen(other);
    await steps.findWhen(other, otherMade.id, ({ deliveryCounts }) => deliveryCounts.delivered === 1);
    await must(steps.graphql(owner.admin, 'mutation ($input: VerifyDestinationInput!) { verifyDestination(input: $input) { verified } }', { input: { destinationId: made.id } }));
    await suiteSignal(owner, 'change_auth', '<xml/>');
    await eventually(() => witness.events().length === 1);
    // In the partition of the first one.
    await happen(owner, templateId, 2);
    const { deliveryCounts } = await steps.findWhen(owner, made.id, (view) => view.deliveryCounts.delivered >= 1);
    expect(deliveryCounts).toEqual({ queued: 0, delivered: 1, dead: 0, erased: 0 });
    expect(sink.events().map(({ event }) => event['sequence'])).toEqual([2]);
  });

  it('is kept to the templates and corps that the destination asks for', async () => {
    const owner = newOwner();
    const templateId = newId();
    const sink = await sinkOf();
    const { id } = await steps.activate(owner, sink.url, { templateIds: [templateId] });
    // Whoever takes everything shows that both have been dealt with.
    const witness = await sinkOf();
    await steps.activate(owner, witness.url);
    await happen(owner);
    await happen(owner, templateId);
    await eventually(() => witness.events().length === 2);
    const { deliveryCounts } = await steps.findWhen(owner, id, (view) => view.deliveryCounts.delivered >= 1);
    expect(deliveryCounts).toEqual({ queued: 0, delivered: 1, dead: 0, erased: 0 });
    expect(sink.events().map(({ event }) => event.data['id'])).toEqual([templateId]);
  });
});

describe('what WeCom sent', () => {
  it('arrives with its content, a message of a member too', async () => {
    const owner = newOwner();
    const sink = await sinkOf();
    await steps.activate(owner, sink.url);
    await appSignal(owner, '<xml><Content>AuthCode 你好</Content></xml>');
    await suiteSignal(owner, 'change_auth', '<xml><InfoType>change_auth</InfoType></xml>');
    await eventually(() => sink.events().length === 2);
    const dataOf = (type: string) => sink.events().find(({ event }) => event.type === type)?.event.data;
    expect(dataOf('wecom.app.text')).toMatchObject({ msgType: 'text', raw: '<xml><Content>AuthCode 你好</Content></xml>' });
    expect(dataOf('wecom.suite.change_auth')).toMatchObject({ infoType: 'change_auth', state: 's1', raw: '<xml><InfoType>change_auth</InfoType></xml>' });
    expect(sink.received.map(({ body }) => body).join('')).not.toContain('sealed');
  });

  it('never arrives with a code or a ticket in it', async () => {
    const owner = newOwner();
    const sink = await sinkOf();
    await steps.activate(owner, sink.url);
    const secrets = { code: uniqueName('code'), ticket: uniqueName('ticket'), odd: uniqueName('odd'), reset: uniqueName('reset') };
    await suiteSignal(owner, 'create_auth', createAuthXml('dk1', secrets.code), { authCode: 'sealed-elsewhere' });
    await suiteSignal(owner, 'suite_ticket', ticketXml('dk1', secrets.ticket));
    await suiteSignal(owner, 'reset_permanent_code', `<xml><Code>${secrets.reset}</Code></xml>`);
    await suiteSignal(owner, 'some_new_event', `<xml><AuthCode>${secrets.odd}</AuthCode></xml>`);
    await eventually(() => sink.events().length === 4);
    const all = sink.received.map(({ body }) => body).join('');
    expect(Object.values(secrets).filter((secret) => all.includes(secret))).toEqual([]);
    expect(sink.events().every(({ event }) => !('raw' in event.data) && event.data['infoType'] !== undefined)).toBe(true);
  });
});

describe('a backend that fails', () => {
  it('is asked again with the same id and a new signature until it answers', async () => {
    const owner = newOwner();
    let failures = 3;
    const sink = await sinkOf((response, { event }) => {
      const fails = event.type !== 'callback.destination.ping' && failures-- > 0;
      status(fails ? 500 : 204, {}, fails ? `down, whsec_abc and ${'A'.repeat(40)}` : '')(response);
    });
    const { id } = await steps.activate(owner, sink.url);
    await happen(owner);
    const view = await steps.findWhen(owner, id, ({ deliveryCounts }) => deliveryCounts.delivered === 1);
    expect(new Set(sink.events().map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(view.deliveries.nodes[0]!.attempts.map((attempt) => attempt.status)).toEqual([500, 500, 500, 204]);
    expect(view.deliveries.nodes[0]!.attempts[0]!.snippet).toBe('down, [masked] and [masked]');
    const seen = await steps.find(owner.viewer, id);
    expect(seen.deliveries.nodes[0]!.attempts[0]!.snippet).toBeNull();
  });

  it('ends as dead, and is sent again by hand: one, and many of a time range', async () => {
    const owner = newOwner();
    const sink = await sinkOf();
    const { id } = await steps.activate(owner, sink.url);
    sink.respondWith(status(503));
    await happen(owner);
    await happen(owner);
    await happen(owner);
    const dead = await steps.findWhen(owner, id, ({ deliveryCounts }) => deliveryCounts.dead === 3);
    expect(dead.deliveries.nodes[0]).toMatchObject({ state: 'DEAD', deadReason: 'EXHAUSTED', tries: 11, nextAttemptAt: null });
    sink.respondWith(status(200));
    const one = { deliveryId: dead.deliveries.nodes[0]!.id, idempotencyKey: 'once' };
    for (let calls = 0; calls < 2; calls += 1) {
      const { retryDelivery } = await must(steps.graphql<{ retryDelivery: { delivery: DeliveryView } }>(owner.developer, RETRY, { input: one }));
      expect(retryDelivery.delivery.id).toBe(one.deliveryId);
      await steps.findWhen(owner, id, ({ deliveryCounts }) => deliveryCounts.delivered === 1);
    }
    const input = {
      destinationId: id,
      from: new Date(Date.now() - 3_600_000).toISOString(),
      to: new Date(Date.now() + 3_600_000).toISOString(),
      eventTypes: ['suite.*'],
      idempotencyKey: 'many',
    };
    const many = () => must(steps.graphql<{ retryDeliveries: { count: number; more: boolean } }>(owner.admin, RETRY_MANY, { input }));
    expect((await many()).retryDeliveries).toEqual({ count: 2, more: false });
    expect((await many()).retryDeliveries).toEqual({ count: 0, more: false });
    await steps.findWhen(owner, id, ({ deliveryCounts }) => deliveryCounts.delivered === 3);
    expect(sink.events().filter(({ headers }) => headers['webhook-id'] === dead.deliveries.nodes[0]!.eventId)).toHaveLength(12);
  });

  it('with 410 is disabled, keeps what comes, and gets it when somebody enables it', async () => {
    const owner = newOwner();
    const sink = await sinkOf();
    const { id } = await steps.activate(owner, sink.url);
    sink.respondWith(status(410));
    await happen(owner);
    const gone = await steps.findWhen(owner, id, ({ state }) => state === 'DISABLED');
    expect(gone.disabledReason).toBe('GONE_410');
    await happen(owner);
    await steps.findWhen(owner, id, ({ deliveryCounts }) => deliveryCounts.queued === 2);
    expect(sink.events()).toHaveLength(1);
    sink.respondWith(status(200));
    await steps.change(owner, id, 'enable');
    await steps.findWhen(owner, id, ({ deliveryCounts }) => deliveryCounts.delivered === 2);
  });

  it('is told of at the other destinations of the publisher, by name and reason, and at no other publisher', async () => {
    const owner = newOwner();
    const other = newOwner();
    const sink = await sinkOf();
    const watch = { eventTypes: ['callback.destination.disabled', 'suite.recorded'] };
    const [ownWatch, otherWatch] = [await sinkOf(), await sinkOf()];
    await steps.activate(owner, ownWatch.url, watch);
    await steps.activate(other, otherWatch.url, watch);
    const { id } = await steps.activate(owner, sink.url, { name: '订单后台' });
    sink.respondWith(status(410, {}, 'whsec_gone'));
    await happen(owner);
    const told = () => ownWatch.events().filter(({ event }) => event.type === 'callback.destination.disabled');
    await eventually(() => told().length === 1);
    const { stoppedAt, activatedAt } = await steps.find(owner.admin, id);
    // Whole: neither the address nor anything of a secret.
    expect(told()[0]!.event).toMatchObject({ subject: id, tenant: owner.id });
    expect(told()[0]!.event.data).toEqual({
      id,
      publisherId: owner.id,
      name: '订单后台',
      state: 'DISABLED',
      disabledReason: 'GONE_410',
      activatedAt,
      stoppedAt,
    });
    await happen(other);
    await eventually(() => otherWatch.events().length === 1);
    expect(otherWatch.events()[0]!.event.type).toBe('suite.recorded');
    const metrics = await (await fetch(`${app.url}/metrics`)).text();
    expect(Number(/^callback_destinations_stopped(?:{[^}]*})? (\d+)/m.exec(metrics)?.[1])).toBeGreaterThan(0);
  });

  it('may ask for a pause, within bounds', async () => {
    const owner = newOwner();
    const sink = await sinkOf();
    const { id } = await steps.activate(owner, sink.url);
    sink.respondWith(status(429, { 'retry-after': '86400' }));
    await happen(owner);
    const view = await steps.findWhen(owner, id, ({ health }) => health.pausedUntil !== null);
    const waitsMs = (at: string | null): number => new Date(at ?? 0).getTime() - Date.now();
    const delivery = (await steps.findWhen(owner, id, ({ deliveries }) => deliveries.nodes[0]?.tries === 1)).deliveries.nodes[0]!;
    for (const at of [view.health.pausedUntil, delivery.nextAttemptAt]) {
      expect(waitsMs(at)).toBeGreaterThan(50 * 60_000);
      expect(waitsMs(at)).toBeLessThanOrEqual(60 * 60_000);
    }
  });
});

it('a slow destination delays no other', async () => {
  const owner = newOwner();
  const stuck = await sinkOf();
  const quick = await sinkOf();
  const slowOne = await steps.activate(owner, stuck.url, { concurrency: 1 });
  const quickOne = await steps.activate(owner, quick.url);
  const held: Array<() => void> = [];
  stuck.respondWith((response) => void held.push(() => response.end()));
  for (let count = 0; count < 5; count += 1) {
    await happen(owner);
  }
  await eventually(() => held.length === 1);
  await steps.findWhen(owner, quickOne.id, ({ deliveryCounts }) => deliveryCounts.delivered === 5);
  // The slow one has not answered the first yet.
  expect((await steps.find(owner.admin, slowOne.id)).deliveryCounts).toMatchObject({ delivered: 0, queued: 5 });
  expect(stuck.events()).toHaveLength(1);
  stuck.respondWith(status(200));
  held.forEach((release) => release());
  await steps.findWhen(owner, slowOne.id, ({ deliveryCounts }) => deliveryCounts.delivered === 5);
});

it('a slow answer holds back nothing that comes after it', async () => {
  const owner = newOwner();
  const sink = await sinkOf();
  const { id } = await steps.activate(owner, sink.url, { concurrency: 2 });
  const held: Array<() => void> = [];
  sink.respondWith((response) => void held.push(() => response.end()));
  await happen(owner);
  await eventually(() => held.length === 1);
  sink.respondWith(status(200));
  await happen(owner);
  await steps.findWhen(owner, id, ({ deliveryCounts }) => deliveryCounts.delivered === 1 && deliveryCounts.queued === 1);
  expect(sink.events()).toHaveLength(2);
  held.forEach((release) => release());
  await steps.findWhen(owner, id, ({ deliveryCounts }) => deliveryCounts.delivered === 2);
});

it('a lane is worked on by one holder of its lease, and by the next when it has run out', async () => {
  const owner = newOwner();
  const sink = await sinkOf();
  const witness = await sinkOf();
  const { id } = await steps.activate(owner, sink.url);
  await steps.activate(owner, witness.url);
  const database = await openDatabase(config);
  const lanes = database.connection.collection<{ _id: string; until: Date; fence: number }>('lanes');
  // The run that the activation has caused has let go of it.
  await eventually(async () => (await lanes.findOne({ _id: id }))?.until.getTime() === 0);
  await lanes.updateOne({ _id: id }, { $set: { until: new Date(Date.now() + 3_600_000), fence: 7 } });
  await happen(owner);
  await eventually(() => witness.events().length === 1);
  expect(sink.events()).toEqual([]);
  expect(await lanes.findOne({ _id: id })).toMatchObject({ fence: 7 });
  await lanes.updateOne({ _id: id }, { $set: { until: new Date(0) } });
  await steps.findWhen(owner, id, ({ deliveryCounts }) => deliveryCounts.delivered === 1);
  expect((await lanes.findOne({ _id: id }))!.fence).toBeGreaterThan(7);
  await database.close();
});

it('the breaker pauses a destination that fails, and lets it go on when it answers', async () => {
  const own = ownConfig();
  const breaker = { threshold: 2, pauseMs: 3_000, maxPauseMs: 3_000, disableAfterMs: 3_600_000 };
  // The pause ends when the spec has seen it.
  const clock = manualClock(new Date());
  const second = await startApp(own, { clock, deliveryLimits: quickLimits({ breaker }) });
  const publisher = await createPublisher(own);
  const ownSteps = createDestinationSteps(second);
  const owner = newOwner();
  const sink = await sinkOf();
  const { id } = await ownSteps.activate(owner, sink.url, { concurrency: 1 });
  sink.respondWith(status(500));
  for (let count = 0; count < 4; count += 1) {
    await publisher.state(suiteTopic, 1, suiteState(newId(), owner.id, uniqueName('dk')));
  }
  const paused = await ownSteps.findWhen(owner, id, ({ health, deliveryCounts }) => health.pausedUntil !== null && deliveryCounts.queued === 4);
  expect(paused.health.consecutiveFailures).toBe(2);
  expect(sink.events()).toHaveLength(2);
  sink.respondWith(status(200));
  clock.advance(breaker.pauseMs);
  const well = await ownSteps.findWhen(owner, id, ({ deliveryCounts }) => deliveryCounts.delivered === 4);
  expect(well.health).toMatchObject({ consecutiveFailures: 0, pausedUntil: null });
  await publisher.stop();
  await second.stop();
});

it('a destination with nothing but failures for too long is disabled, and what waited too long is dead', async () => {
  const own = ownConfig();
  const breaker = { threshold: 1_000, pauseMs: 1, maxPauseMs: 1, disableAfterMs: 200 };
  const second = await startApp(own, { deliveryLimits: quickLimits({ breaker }) });
  const publisher = await createPublisher(own);
  const ownSteps = createDestinationSteps(second);
  const owner = newOwner();
  const sink = await sinkOf();
  const { id } = await ownSteps.activate(owner, sink.url);
  sink.respondWith(status(500));
  await publisher.state(suiteTopic, 1, suiteState(newId(), owner.id, uniqueName('dk')));
  const failing = await ownSteps.findWhen(owner, id, ({ state }) => state === 'DISABLED');
  expect(failing.disabledReason).toBe('FAILING');
  const database = await openDatabase(own);
  await database.connection.collection('deliveries').updateMany({}, { $set: { expiresAt: new Date(0) } });
  await database.close();
  await second.stop();
  // Swept by another process, whatever became of the first.
  const heir = await startApp(own, { deliveryLimits: quickLimits({ breaker }) });
  const heirSteps = createDestinationSteps(heir);
  const dead = await heirSteps.findWhen(owner, id, ({ deliveryCounts }) => deliveryCounts.dead === 1);
  expect(dead.deliveries.nodes[0]).toMatchObject({ deadReason: 'EXPIRED', retryable: true });
  await publisher.stop();
  await heir.stop();
}, 150_000);

it('both secrets sign while they overlap', async () => {
  const owner = newOwner();
  const sink = await sinkOf();
  const { id, secret } = await steps.activate(owner, sink.url);
  const input = { destinationId: id, idempotencyKey: 'rotation' };
  const rotate = () =>
    must(steps.graphql<{ rotateDestinationSecret: { secret: string | null } }>(owner.admin, ROTATE, { input }));
  const next = (await rotate()).rotateDestinationSecret.secret;
  expect((await rotate()).rotateDestinationSecret.secret).toBeNull();
  await happen(owner);
  const received = await eventually(() => sink.events()[0]);
  expect(String(received.headers['webhook-signature']).split(' ')).toEqual([
    signatureOf(next!, received),
    signatureOf(secret, received),
  ]);
});

it('content, secrets and answers stand in the database sealed only', async () => {
  const owner = newOwner();
  const sink = await sinkOf();
  const { secret } = await steps.activate(owner, sink.url);
  const words = { message: uniqueName('message'), answer: uniqueName('answer') };
  sink.respondWith(status(400, {}, words.answer));
  await appSignal(owner, `<xml>${words.message}</xml>`);
  await eventually(() => sink.events().length > 0);
  const database = await openDatabase(config);
  const read = async (name: string) => JSON.stringify(await database.connection.collection(name).find({}).toArray());
  await eventually(async () => (await read('deliveries')).includes('"status":400'));
  const all = (await read('deliveries')) + (await read('destinations')) + (await read('lanes'));
  await database.close();
  expect(all).toContain(owner.id);
  expect([secret, secret.slice(6), words.message, words.answer].filter((word) => all.includes(word))).toEqual([]);
});
