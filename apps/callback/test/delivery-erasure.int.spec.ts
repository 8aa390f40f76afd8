import { authorizationTopic, callbackErasureTopic, corpAppTopic, wecomAppTopic, wecomSuiteTopic, type CorpAppState, type ErasureState } from '@daikaifa/contracts';
import { createPublisher, must, watchTopic } from '@daikaifa/harness';
import { derivedId, newId } from '@daikaifa/kernel';
import type { App } from '@daikaifa/service';
import { eventually, uniqueName } from '@daikaifa/testing';
import {
  authorizationState,
  createDestinationSteps,
  newOwner,
  openSink,
  quickLimits,
  RETRY,
  status,
  type DestinationSteps,
  type Others,
  type Owner,
} from './destination-steps';
import { openDatabase, ownConfig, publishBehind, startApp, transportRing } from './harness';

const config = ownConfig();
let app: App;
let others: Others;
let steps: DestinationSteps;
let erasures: Awaited<ReturnType<typeof watchTopic<ErasureState>>>;

beforeAll(async () => {
  app = await startApp(config, { deliveryLimits: quickLimits() });
  others = await createPublisher(config);
  steps = createDestinationSteps(app);
  erasures = await watchTopic(config, callbackErasureTopic);
});
afterAll(async () => {
  await erasures.stop();
  await others.stop();
  await app.stop();
});

const newCorp = (owner: Owner) => {
  const suiteId = uniqueName('dk');
  const corpId = uniqueName('wpCorp');
  return { id: derivedId('authorization', suiteId, corpId), publisherId: owner.id, templateId: newId(), suiteId, corpId };
};
type Corp = ReturnType<typeof newCorp>;

/** `after`: in the partition of that corp's messages, so that what was sent of it before has been read when this arrives. */
const message = ({ suiteId, corpId, publisherId }: Corp, after = { suiteId, corpId }) => {
  const id = newId();
  return others.signal(
    wecomAppTopic,
    { id, key: `${after.suiteId}:${after.corpId}`, tenant: publisherId, type: 'wecom.app.text' },
    {
      endpointId: newId(),
      suiteId,
      corpId,
      agentId: null,
      msgType: 'text',
      event: null,
      createTimeSec: null,
      receivedAt: new Date().toISOString(),
      receiveIdMatched: 'CORP_ID',
      clockSkewSec: null,
      sealed: { raw: transportRing.seal(`<xml>${corpId}</xml>`, `${id}:raw`) },
    },
  );
};

const cancelSignal = ({ suiteId, corpId, publisherId }: Corp, id = newId()) =>
  others.signal(
    wecomSuiteTopic,
    { id, key: suiteId, tenant: publisherId, type: 'wecom.suite.cancel_auth' },
    {
      endpointId: newId(),
      suiteId,
      infoType: 'cancel_auth',
      timestampSec: null,
      receivedAt: new Date().toISOString(),
      receiveIdMatched: 'SUITE_ID',
      authCorpId: corpId,
      state: null,
      clockSkewSec: null,
      sealed: { raw: transportRing.seal(`<xml>${corpId}</xml>`, `${id}:raw`) },
    },
  );

/** As the authorization service tells it: the type says what happened, the state how it stands. */
const standing = async (corp: Corp, sequence: number, epochs: Parameters<typeof authorizationState>[1]): Promise<void> => {
  const data = authorizationState(corp, epochs);
  const type = data.status === 'CANCELLED' ? 'authorization.cancelled' : 'authorization.granted';
  const { id: subject, publisherId: tenant, suiteId: suite, corpId } = corp;
  const envelope = {
    specversion: '1.0',
    id: newId(),
    type,
    source: 'daikaifa/authorization',
    subject,
    time: new Date().toISOString(),
    datacontenttype: 'application/json',
    tenant,
    correlationid: newId(),
    sequence,
    suite,
    corp: corpId,
    epoch: epochs.length,
    data,
  };
  await others.raw(authorizationTopic, subject, JSON.stringify(envelope));
};

const corpApp = (corp: Corp, epoch: number): CorpAppState => ({
  id: derivedId('corp-app', corp.id, String(epoch)),
  publisherId: corp.publisherId,
  templateId: corp.templateId,
  authorizationId: corp.id,
  suiteId: corp.suiteId,
  corpId: corp.corpId,
  epoch,
  environment: 'FORMAL',
  status: 'TO_DEVELOP',
  enabled: true,
  onlineRevision: null,
  workingRevision: null,
  publishStatus: null,
  erased: false,
});

const TYPES = { eventTypes: ['wecom.app.*', 'wecom.suite.*', 'corp-app.*', 'authorization.cancelled'] };

const wholeDatabase = async (): Promise<string> => {
  const database = await openDatabase(config);
  const names = (await database.connection.listCollections()).map(({ name }) => name);
  const contents = await Promise.all(names.map((name) => database.connection.collection(name).find({}).toArray()));
  await database.close();
  return JSON.stringify(contents);
};

describe('the cancellation of a corp', () => {
  it('empties what waits and what was sent, but is itself still told', async () => {
    const owner = newOwner();
    const corp = newCorp(owner);
    const kept = newCorp(owner);
    const sink = await openSink();
    const { id } = await steps.activate(owner, sink.url, TYPES);
    await standing(corp, 1, [{ cancelledAt: null }]);
    await message(corp);
    await steps.findWhen(owner, id, ({ deliveryCounts }) => deliveryCounts.delivered === 1);
    const sent = (await steps.find(owner.admin, id)).deliveries.nodes[0]!;
    await steps.change(owner, id, 'disable');
    await message(corp);
    await others.state(corpAppTopic, 1, corpApp(corp, 1));
    await message(kept);
    await cancelSignal(corp);
    await steps.findWhen(owner, id, ({ deliveryCounts }) => deliveryCounts.queued === 4);

    await standing(corp, 2, [{ cancelledAt: new Date().toISOString() }]);
    const view = await steps.findWhen(
      owner,
      id,
      ({ deliveryCounts, deliveries }) =>
        deliveryCounts.erased === 2 && deliveries.nodes.filter(({ retryable }) => retryable).length === 3,
    );
    expect(view.deliveryCounts).toEqual({ queued: 3, delivered: 1, dead: 0, erased: 2 });
    expect(view.deliveries.nodes.filter(({ retryable }) => retryable).map(({ eventType }) => eventType).sort()).toEqual([
      'authorization.cancelled',
      'wecom.app.text',
      'wecom.suite.cancel_auth',
    ]);

    const answer = await eventually(() => erasures.of(derivedId('erasure', 'callback', corp.id, '1')).at(-1)?.state);
    expect(answer.counts).toMatchObject({ delivery: 3 });

    await steps.change(owner, id, 'enable');
    const told = await steps.findWhen(owner, id, ({ deliveryCounts }) => deliveryCounts.delivered === 4);
    expect(sink.events().slice(1).map(({ event }) => event.type).sort()).toEqual([
      'authorization.cancelled',
      'wecom.app.text',
      'wecom.suite.cancel_auth',
    ]);
    const cancel = told.deliveries.nodes.find(({ eventType }) => eventType === 'wecom.suite.cancel_auth');
    expect(cancel).toMatchObject({ state: 'DELIVERED', retryable: false });
    for (const deliveryId of [sent.id, cancel!.id]) {
      const input = { deliveryId, idempotencyKey: uniqueName('k') };
      expect((await steps.graphql(owner.admin, RETRY, { input })).fault?.code).toBe('INVALID_STATE');
    }
    await sink.close();
  });

  it('keeps out what comes late, and lets the next authorization in', async () => {
    const owner = newOwner();
    const corp = newCorp(owner);
    const sink = await openSink();
    const { id } = await steps.activate(owner, sink.url, TYPES);
    // What it is told shows that the standing is known.
    const witness = await openSink();
    await steps.activate(owner, witness.url, { eventTypes: ['authorization.*'] });
    await standing(corp, 1, [{ cancelledAt: new Date().toISOString() }]);
    await eventually(() => witness.events().length === 1);
    await others.state(corpAppTopic, 1, corpApp(corp, 1));
    await message(corp);
    const other = newCorp(owner);
    await message(other, corp);
    await eventually(() => sink.events().some(({ event }) => event.data['corpId'] === other.corpId));
    await standing(corp, 2, [{ cancelledAt: '2026-03-02T00:00:00.000Z' }, { cancelledAt: null }]);
    await eventually(() => witness.events().length === 2);
    await message(corp);
    // In the partition of the app of the first epoch, which must not come through.
    await publishBehind(others, corpAppTopic, corpApp(corp, 1).id, corpApp(corp, 2));
    const view = await steps.findWhen(owner, id, ({ deliveryCounts }) => deliveryCounts.delivered === 4);
    const texts = sink.events().filter(({ event }) => event.type === 'wecom.app.text' && event.data['corpId'] === corp.corpId);
    expect(texts).toHaveLength(1);
    const appIds = sink.events().filter(({ event }) => event.type === 'corp-app.created').map(({ event }) => event.data['epoch']);
    expect(appIds).toEqual([2]);
    expect(view.deliveryCounts.erased).toBe(0);

    const entities = `query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on CorpApp { deliveries { nodes { eventType } } } } }`;
    const representations = [1, 2].map((epoch) => ({ __typename: 'CorpApp', id: corpApp(corp, epoch).id }));
    const { _entities } = await must(
      steps.graphql<{ _entities: ReadonlyArray<{ deliveries: { nodes: ReadonlyArray<{ eventType: string }> } }> }>(owner.admin, entities, { representations }),
    );
    expect([...new Set(_entities[0]!.deliveries.nodes.map(({ eventType }) => eventType))]).toEqual(['authorization.cancelled']);
    expect(_entities[1]!.deliveries.nodes.map(({ eventType }) => eventType)).toEqual(expect.arrayContaining(['corp-app.created', 'wecom.app.text']));
    await Promise.all([sink.close(), witness.close()]);
  });

  it('leaves the id of the corp nowhere in the database', async () => {
    const owner = newOwner();
    const corp = newCorp(owner);
    const sink = await openSink(status(200));
    const { id } = await steps.activate(owner, sink.url, TYPES);
    sink.respondWith((response, { body }) => void response.writeHead(500).end(body));
    await standing(corp, 1, [{ cancelledAt: null }]);
    await message(corp);
    await steps.findWhen(owner, id, ({ deliveryCounts }) => deliveryCounts.dead === 1);
    await standing(corp, 2, [{ cancelledAt: new Date().toISOString() }]);
    const view = await steps.findWhen(owner, id, ({ deliveries, deliveryCounts }) =>
      deliveryCounts.dead === 2 && deliveries.nodes.every(({ retryable }) => !retryable),
    );
    const erased = view.deliveries.nodes.find(({ eventType }) => eventType === 'wecom.app.text');
    expect(erased!.attempts.every(({ snippet }) => snippet === null)).toBe(true);
    const all = await wholeDatabase();
    expect(all).toContain(corp.id);
    expect(all).not.toContain(corp.corpId);
    await sink.close();
  });
});
