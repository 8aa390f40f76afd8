import { suiteTopic } from '@daikaifa/contracts';
import { createPublisher, must } from '@daikaifa/harness';
import { newId } from '@daikaifa/kernel';
import type { App } from '@daikaifa/service';
import { uniqueName, viewerOf } from '@daikaifa/testing';
import {
  changeBy,
  CREATE,
  createDestinationSteps,
  DELIVERY,
  DESTINATION,
  destinationInput,
  EDIT,
  newOwner,
  openSink,
  quickLimits,
  RETRY,
  RETRY_MANY,
  ROTATE,
  status,
  VERIFY,
  type DeliveryView,
  type DestinationSteps,
  type DestinationView,
  type Others,
  type Sink,
} from './destination-steps';
import { ownConfig, startApp, suiteState } from './harness';

const config = ownConfig();
let app: App;
let others: Others;
let steps: DestinationSteps;
let sink: Sink;

beforeAll(async () => {
  app = await startApp(config, { deliveryLimits: quickLimits({ destinationsPerPublisher: 3, pingsPerMinute: 4 }) });
  others = await createPublisher(config);
  steps = createDestinationSteps(app);
  sink = await openSink();
});
afterAll(async () => {
  await sink.close();
  await others.stop();
  await app.stop();
});

type Created = { readonly createDestination: { readonly destination: DestinationView; readonly secret: string | null } };

describe('creating a destination', () => {
  it('shows its secret once and sends nothing before it is verified', async () => {
    const owner = newOwner();
    const input = destinationInput(owner, sink.url);
    const first = await must(steps.graphql<Created>(owner.developer, CREATE, { input }));
    expect(first.createDestination.secret).toMatch(/^whsec_/);
    expect(first.createDestination.destination).toMatchObject({ state: 'PENDING_VERIFICATION', activatedAt: null, concurrency: 8 });
    const again = await must(steps.graphql<Created>(owner.developer, CREATE, { input }));
    expect(again.createDestination).toMatchObject({ secret: null, destination: { id: first.createDestination.destination.id } });
    const other = await steps.graphql(owner.developer, CREATE, { input: { ...input, name: '另一个' } });
    expect(other.fault?.code).toBe('CONFLICT');
  });

  it('is for the roles of the tenant', async () => {
    const owner = newOwner();
    const input = destinationInput(owner, sink.url);
    expect((await steps.graphql(owner.viewer, CREATE, { input })).fault?.code).toBe('FORBIDDEN');
    expect((await steps.graphql(newOwner().admin, CREATE, { input })).fault?.code).toBe('FORBIDDEN');
  });

  it('names every fault at once', async () => {
    const owner = newOwner();
    const input = destinationInput(owner, 'ftp://a.example', { name: '', eventTypes: ['nothing.known'], concurrency: 1_000 });
    expect((await steps.graphql(owner.admin, CREATE, { input })).fault).toEqual({
      code: 'BAD_USER_INPUT',
      violations: ['NAME_LENGTH', 'URL_FORMAT', 'EVENT_TYPE_UNKNOWN', 'OUT_OF_RANGE'],
    });
    const keyless = destinationInput(owner, sink.url, { idempotencyKey: '' });
    expect((await steps.graphql(owner.admin, CREATE, { input: keyless })).fault?.violations).toEqual(['IDEMPOTENCY_KEY_LENGTH']);
  });

  it('ends at so many per publisher', async () => {
    const owner = newOwner();
    for (let count = 0; count < 3; count += 1) {
      await steps.open(owner, sink.url);
    }
    const input = destinationInput(owner, sink.url);
    expect((await steps.graphql(owner.admin, CREATE, { input })).fault?.code).toBe('INVALID_STATE');
  });
});

describe('verifying', () => {
  const verify = (viewer: Parameters<DestinationSteps['graphql']>[0], destinationId: string) =>
    steps.graphql<{ verifyDestination: { verified: boolean; destination: DestinationView } }>(viewer, VERIFY, { input: { destinationId } });

  it('activates what answers a signed ping with 2xx, and says what else it met', async () => {
    const owner = newOwner();
    const own = await openSink(status(404));
    const { id } = await steps.open(owner, own.url);
    const refused = await must(verify(owner.admin, id));
    expect(refused.verifyDestination).toMatchObject({
      verified: false,
      destination: { state: 'PENDING_VERIFICATION', verification: { status: 404, error: 'STATUS' } },
    });
    own.respondWith(status(204));
    const good = await must(verify(owner.admin, id));
    expect(good.verifyDestination).toMatchObject({ verified: true, destination: { state: 'ACTIVE', verification: { status: 204, error: null } } });
    expect(own.received[1]!.event).toMatchObject({ type: 'callback.destination.ping', data: { destinationId: id } });
    await own.close();
    expect((await must(verify(owner.admin, id))).verifyDestination).toMatchObject({
      verified: false,
      destination: { state: 'ACTIVE', verification: { status: null, error: 'UNREACHABLE' } },
    });
  });

  it.each([
    ['an internal address', 'http://10.0.0.1/hook', 'ADDRESS_REFUSED'],
    ['the metadata service', 'http://169.254.169.254/latest', 'ADDRESS_REFUSED'],
  ])('does not reach %s', async (_name, url, error) => {
    const owner = newOwner();
    const { id } = await steps.open(owner, url);
    expect((await must(verify(owner.admin, id))).verifyDestination).toMatchObject({
      verified: false,
      destination: { verification: { status: null, error } },
    });
  });

  it('calls no address more often than the publisher may ask, whichever of its destinations it is', async () => {
    const owner = newOwner();
    const own = await openSink();
    const ids = [(await steps.open(owner, own.url)).id, (await steps.open(owner, own.url)).id];
    // What is not found costs nothing.
    expect((await verify(owner.admin, newId())).fault?.code).toBe('NOT_FOUND');
    for (const id of [...ids, ...ids]) {
      await must(verify(owner.admin, id));
    }
    expect((await verify(owner.admin, ids[0]!)).fault?.code).toBe('RATE_LIMITED');
    expect((await verify(owner.developer, ids[1]!)).fault?.code).toBe('RATE_LIMITED');
    expect(own.received).toHaveLength(4);
    const other = newOwner();
    await steps.activate(other, own.url);
    expect(own.received).toHaveLength(5);
    await own.close();
  });

  it('is for the roles of the tenant', async () => {
    const owner = newOwner();
    const { id } = await steps.open(owner, sink.url);
    expect((await verify(owner.viewer, id)).fault?.code).toBe('FORBIDDEN');
    expect((await verify(newOwner().admin, id)).fault?.code).toBe('NOT_FOUND');
    expect((await verify(owner.admin, newId())).fault?.code).toBe('NOT_FOUND');
  });
});

describe('changing a destination', () => {
  const edit = (viewer: Parameters<DestinationSteps['graphql']>[0], input: object) =>
    steps.graphql<{ editDestination: { destination: DestinationView } }>(viewer, EDIT, { input });

  it('keeps what is not named, and has another address verified again', async () => {
    const owner = newOwner();
    const { id } = await steps.activate(owner, sink.url, { corpIds: ['wp1'] });
    const { version } = await steps.find(owner.admin, id);
    const renamed = await must(edit(owner.developer, { destinationId: id, expectedVersion: version, name: '新名称', templateIds: ['t1'] }));
    expect(renamed.editDestination.destination).toMatchObject({ name: '新名称', state: 'ACTIVE', corpIds: ['wp1'], templateIds: ['t1'] });
    const moved = await must(edit(owner.developer, { destinationId: id, expectedVersion: version + 1, url: `${sink.url}/2` }));
    expect(moved.editDestination.destination).toMatchObject({ state: 'PENDING_VERIFICATION', verification: null });
  });

  it('is refused with an old version, a wrong role, from elsewhere and with every fault named', async () => {
    const owner = newOwner();
    const { id } = await steps.activate(owner, sink.url);
    const { version } = await steps.find(owner.admin, id);
    const change = { destinationId: id, expectedVersion: version, name: '新名称' };
    expect((await edit(owner.admin, { ...change, expectedVersion: version - 1 })).fault?.code).toBe('CONFLICT');
    expect((await edit(owner.viewer, change)).fault?.code).toBe('FORBIDDEN');
    expect((await edit(newOwner().admin, change)).fault?.code).toBe('NOT_FOUND');
    expect((await edit(owner.admin, { ...change, name: '', eventTypes: [], perSecond: 0 })).fault).toEqual({
      code: 'BAD_USER_INPUT',
      violations: ['NAME_LENGTH', 'EVENT_TYPES_COUNT', 'OUT_OF_RANGE'],
    });
  });

  it('can be disabled, enabled and deleted, each with the version that was seen', async () => {
    const owner = newOwner();
    const { id } = await steps.activate(owner, sink.url);
    for (const mutation of ['disable', 'enable', 'delete'] as const) {
      const { version } = await steps.find(owner.admin, id);
      const call = (viewer: typeof owner.admin, expectedVersion: number) =>
        steps.graphql(viewer, changeBy(mutation), { input: { destinationId: id, expectedVersion } });
      expect((await call(owner.admin, version - 1)).fault?.code).toBe('CONFLICT');
      expect((await call(owner.viewer, version)).fault?.code).toBe('FORBIDDEN');
      expect((await call(newOwner().admin, version)).fault?.code).toBe('NOT_FOUND');
      expect((await call(owner.admin, version)).fault).toBeUndefined();
    }
    expect((await steps.find(owner.admin, id)).state).toBe('DELETED');
    const again = { input: { destinationId: id, expectedVersion: 99 } };
    expect((await steps.graphql(owner.admin, changeBy('enable'), again)).fault?.code).toBe('CONFLICT');
    expect((await steps.graphql(owner.admin, ROTATE, { input: { destinationId: id, idempotencyKey: 'k' } })).fault?.code).toBe('NOT_FOUND');
  });

  it('rotates the secret for the roles of the tenant', async () => {
    const owner = newOwner();
    const { id } = await steps.activate(owner, sink.url);
    const rotate = (viewer: typeof owner.admin, idempotencyKey = 'k') =>
      steps.graphql<{ rotateDestinationSecret: { secret: string | null } }>(viewer, ROTATE, { input: { destinationId: id, idempotencyKey } });
    expect((await rotate(owner.viewer)).fault?.code).toBe('FORBIDDEN');
    expect((await rotate(newOwner().admin)).fault?.code).toBe('NOT_FOUND');
    expect((await rotate(owner.admin, '')).fault?.violations).toEqual(['IDEMPOTENCY_KEY_LENGTH']);
    expect((await must(rotate(owner.admin))).rotateDestinationSecret.secret).toMatch(/^whsec_/);
    expect((await steps.find(owner.admin, id)).previousSecretUntil).not.toBeNull();
  });
});

describe('deliveries', () => {
  it('are listed in pages, by state, under destination, template and publisher, for the tenant only', async () => {
    const owner = newOwner();
    const { id } = await steps.activate(owner, sink.url);
    const templateId = newId();
    for (const sequence of [1, 2, 3]) {
      await others.state(suiteTopic, sequence, suiteState(templateId, owner.id, uniqueName('dk')));
    }
    await steps.findWhen(owner, id, ({ deliveryCounts }) => deliveryCounts.delivered === 3);
    const first = (await steps.find(owner.viewer, id, { first: 2 })).deliveries;
    const rest = (await steps.find(owner.viewer, id, { first: 2, after: first.pageInfo.endCursor })).deliveries;
    expect([first.pageInfo.hasNextPage, rest.pageInfo.hasNextPage]).toEqual([true, false]);
    expect(new Set([...first.nodes, ...rest.nodes].map((delivery) => delivery.id)).size).toBe(3);
    expect((await steps.find(owner.viewer, id, { state: ['DEAD'] })).deliveries.nodes).toEqual([]);

    const entities = `query ($representations: [_Any!]!) { _entities(representations: $representations) {
      ... on DelegatedTemplate { deliveries(state: [DELIVERED], first: 5) { nodes { id } } }
      ... on Publisher { destinations { nodes { id } } } } }`;
    const representations = [
      { __typename: 'DelegatedTemplate', id: templateId },
      { __typename: 'DelegatedTemplate', id: newId() },
      { __typename: 'Publisher', id: owner.id },
    ];
    type Answer = { readonly _entities: ReadonlyArray<{ deliveries?: { nodes: unknown[] }; destinations?: { nodes: unknown[] } }> };
    const { _entities } = await must(steps.graphql<Answer>(owner.viewer, entities, { representations }));
    expect(_entities.map(({ deliveries, destinations }) => (deliveries ?? destinations)!.nodes.length)).toEqual([3, 0, 1]);
    const stranger = newOwner();
    const theirs = await must(steps.graphql<Answer>(stranger.admin, entities, { representations }));
    expect(theirs._entities.map(({ deliveries, destinations }) => (deliveries ?? destinations)!.nodes.length)).toEqual([0, 0, 0]);
    expect((await must(steps.graphql<{ destination: null }>(stranger.admin, DESTINATION, { id }))).destination).toBeNull();
    const deliveryId = first.nodes[0]!.id;
    expect((await must(steps.graphql<{ delivery: DeliveryView }>(owner.viewer, DELIVERY, { id: deliveryId }))).delivery.attempts).toHaveLength(1);
    expect((await must(steps.graphql<{ delivery: null }>(stranger.admin, DELIVERY, { id: deliveryId }))).delivery).toBeNull();

    const retry = (viewer: typeof owner.admin, input: object) => steps.graphql(viewer, RETRY, { input });
    expect((await retry(owner.viewer, { deliveryId, idempotencyKey: 'k' })).fault?.code).toBe('FORBIDDEN');
    expect((await retry(stranger.admin, { deliveryId, idempotencyKey: 'k' })).fault?.code).toBe('NOT_FOUND');
    expect((await retry(owner.admin, { deliveryId, idempotencyKey: '' })).fault?.violations).toEqual(['IDEMPOTENCY_KEY_LENGTH']);
    await steps.change(owner, id, 'disable');
    expect((await retry(owner.admin, { deliveryId, idempotencyKey: 'k' })).fault?.code).toBe('INVALID_STATE');
  });

  it('of a time range are sent again by the roles of the tenant, and every fault is named', async () => {
    const owner = newOwner();
    const { id } = await steps.activate(owner, sink.url);
    const from = '2026-03-02T00:00:00.000Z';
    const input = { destinationId: id, from, to: '2026-03-03T00:00:00.000Z', idempotencyKey: 'k' };
    const retry = (viewer: typeof owner.admin, changes: object = {}) => steps.graphql(viewer, RETRY_MANY, { input: { ...input, ...changes } });
    expect((await retry(owner.viewer)).fault?.code).toBe('FORBIDDEN');
    expect((await retry(newOwner().admin)).fault?.code).toBe('NOT_FOUND');
    expect((await retry(owner.admin, { states: ['ERASED'], to: from, eventTypes: ['*'], idempotencyKey: '' })).fault).toEqual({
      code: 'BAD_USER_INPUT',
      violations: ['STATES', 'TIME_RANGE', 'EVENT_TYPE_FORMAT', 'IDEMPOTENCY_KEY_LENGTH'],
    });
    expect((await retry(owner.admin)).data).toEqual({ retryDeliveries: { count: 0, more: false } });
  });

  it('of a deleted destination are given up, their content with them', async () => {
    const owner = newOwner();
    const own = await openSink();
    const { id } = await steps.activate(owner, own.url);
    await steps.change(owner, id, 'disable');
    await others.state(suiteTopic, 1, suiteState(newId(), owner.id, uniqueName('dk')));
    await steps.findWhen(owner, id, ({ deliveryCounts }) => deliveryCounts.queued === 1);
    await steps.change(owner, id, 'delete');
    const view = await steps.find(owner.admin, id);
    expect(view.deliveries.nodes[0]).toMatchObject({ state: 'DEAD', deadReason: 'DESTINATION_DELETED', retryable: false });
    expect(own.events()).toEqual([]);
    await own.close();
  });
});

it('the event types that can be named are listed', async () => {
  const { deliverableEventTypes } = await must(
    steps.graphql<{ deliverableEventTypes: string[] }>(viewerOf(['VIEWER'], []), '{ deliverableEventTypes }'),
  );
  expect(deliverableEventTypes).toEqual(expect.arrayContaining(['suite-ticket.stale', 'corp-app.launched', 'permission.granted', 'authorization.cancelled', 'review.item.decided', 'template.launched', 'template.publisher.changed', 'callback.endpoint.verified', 'callback.destination.disabled']));
});
