import { tenantScope } from '@daikaifa/kernel';
import { eventually, startPrivateServer, uniqueName, type PrivateServer } from '@daikaifa/testing';
import { createProjectionStore, fingerprint, isMongoFault } from '../src';
import { openDepot, packed, parcelOf, recordingSender, weighed, type Depot } from './harness';

const AWAY_MS = 20_000;
const START_TIMEOUT_MS = 180_000;

const ours = tenantScope('publisher-a');
const fast = { sweepEveryMs: 200, pendingAfterMs: 0 };
let server: PrivateServer;
let depot: Depot;

beforeAll(async () => {
  server = await startPrivateServer('mongo');
}, START_TIMEOUT_MS);

afterAll(async () => {
  await server?.stop();
});

afterEach(async () => {
  await depot.close();
});

const isEmpty = async (id: string): Promise<boolean> =>
  ((await depot.mongo.connection
    .collection<{ _id: string; outbox: unknown[] }>('parcels')
    .findOne({ _id: id }))!.outbox.length === 0);

describe('MongoDB away', () => {
  it('for 20 s, silent: every call ends with a fault, and everything is done afterwards', async () => {
    let pausing: Promise<void> | undefined;
    let silent = false;
    const sender = recordingSender({
      // The broker takes the events at the moment the database falls silent: their removal cannot succeed.
      after: async () => {
        pausing ??= server.pause();
        await pausing;
        silent = true;
      },
    });
    depot = await openDepot(uniqueName('mongo-silent'), sender, { ...fast, url: server.url });
    const projections = createProjectionStore({ connection: depot.mongo.connection });
    depot.outbox.start();
    const first = await depot.parcels.create(parcelOf(), [packed, weighed]);
    await eventually(() => silent);
    const resumeAt = Date.now() + AWAY_MS;

    const input = { label: 'during' };
    const idempotency = { key: 'during', fingerprint: fingerprint(input) };
    const ended: { readonly what: string; readonly error: unknown }[] = [];
    const attempt = async (what: string, call: () => Promise<unknown>): Promise<void> => {
      const error: unknown = await call().then(
        () => undefined,
        (caught: unknown) => caught,
      );
      ended.push({ what, error });
    };
    // The server stays silent until all have ended: each by a limit of its own.
    await Promise.all([
      attempt('create', () => depot.parcels.create(parcelOf(input), [packed], idempotency)),
      attempt('byId', () => depot.parcels.byId(ours, first.aggregate.id)),
      attempt('page', () => depot.parcels.page(ours, {}, { first: 5 })),
      attempt('sequenceOf', () => projections.sequenceOf('away', 'x')),
      attempt('ping', () => depot.mongo.ping()),
      eventually(() => Date.now() >= resumeAt, { timeoutMs: AWAY_MS + 5_000 }),
    ]);
    await server.resume();

    expect(ended).toHaveLength(5);
    // Readiness must say so long before a call of a user ends, although it was asked last.
    expect(ended[0]).toMatchObject({ what: 'ping', error: { code: 'UNAVAILABLE' } });
    for (const { error } of ended) {
      expect(isMongoFault(error)).toBe(true);
    }
    await eventually(() => depot.mongo.ping().then(() => true), { timeoutMs: 20_000 });

    // The caller repeats what it has no answer for: the lost answer may have hidden a success.
    const again = await depot.parcels.create(parcelOf(input), [packed], idempotency);
    expect(await depot.parcels.model.countDocuments({ 'idempotency.key': 'during' })).toBe(1);
    for (const id of [first.aggregate.id, again.aggregate.id]) {
      await eventually(() => isEmpty(id), { timeoutMs: 30_000 });
    }
    const sequences = new Set(sender.events(first.aggregate.id).map(({ sequence }) => sequence));
    expect([...sequences]).toEqual([1, 2]);
    expect(sender.events(again.aggregate.id).length).toBeGreaterThanOrEqual(1);
  }, 150_000);

  it('by kill -9: acknowledged writes are kept, and their events are published after the restart', async () => {
    const sender = recordingSender();
    depot = await openDepot(uniqueName('mongo-killed'), sender, { ...fast, url: server.url });
    const written = await Promise.all(
      Array.from({ length: 10 }, () => depot.parcels.create(parcelOf(), [packed])),
    );

    await server.kill();
    const error: unknown = await depot.parcels.byId(ours, written[0]!.aggregate.id).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'UNAVAILABLE' });
    expect(isMongoFault(error)).toBe(true);
    depot.outbox.start();
    await server.restart();

    for (const { aggregate } of written) {
      await eventually(() => isEmpty(aggregate.id), { timeoutMs: 30_000 });
      expect(await depot.parcels.byId(ours, aggregate.id)).toEqual(aggregate);
      expect(sender.events(aggregate.id)[0]).toMatchObject({ sequence: 1 });
    }
  }, 120_000);
});
