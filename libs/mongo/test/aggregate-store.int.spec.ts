import { platformScope, tenantScope, type Fact } from '@daikaifa/kernel';
import { withCorrelation } from '@daikaifa/observability';
import { capturedLogger, uniqueName } from '@daikaifa/testing';
import { fingerprint, isMongoFault } from '../src';
import { openDepot, packed, parcelOf, recordingSender, stamped, weighed, type Depot, type Parcel } from './harness';

const ours = tenantScope('publisher-a');
const theirs = tenantScope('publisher-b');
const database = uniqueName('mongo-store');
const log = capturedLogger();
let depot: Depot;

// The outbox is not started here: what is written stays visible in the documents.
beforeAll(async () => {
  depot = await openDepot(database, recordingSender(), { logger: log.logger });
});

afterAll(async () => {
  await depot.close();
});

const rawOf = async (id: string): Promise<Record<string, unknown>> =>
  (await depot.mongo.connection.collection<{ _id: string }>('parcels').findOne({ _id: id })) as Record<string, unknown>;

const bodiesOf = async (id: string): Promise<Record<string, unknown>[]> =>
  ((await rawOf(id))['outbox'] as { body: string }[]).map(
    (entry) => JSON.parse(entry.body) as Record<string, unknown>,
  );

const create = async (overrides: Partial<Parcel> = {}, facts: readonly Fact[] = [packed]): Promise<Parcel> =>
  (await depot.parcels.create(parcelOf(overrides), facts)).aggregate;

/** The first reads of the store answer together: whoever has read decides on the same state. */
const readTogether = (count: number): jest.SpyInstance => {
  const parcels = depot.mongo.connection.collection('parcels');
  const findOne = parcels.findOne.bind(parcels) as (...args: unknown[]) => Promise<unknown>;
  let open = (): void => undefined;
  const together = new Promise<void>((resolve) => (open = resolve));
  let reads = 0;
  const read = async (...args: unknown[]): Promise<unknown> => {
    const found = await findOne(...args);
    reads += 1;
    if (reads === count) {
      open();
    }
    await together;
    return found;
  };
  return jest.spyOn(parcels, 'findOne').mockImplementation(read as never);
};

describe('create', () => {
  it('stores version 1 with its event in one document', async () => {
    const parcel = parcelOf({ note: 'fragile', stamps: [{ by: 'clerk', at: new Date('2026-01-02T03:04:05.006Z') }] });

    const { aggregate, created } = await withCorrelation('correlation-7', () => depot.parcels.create(parcel, [packed]));

    expect(created).toBe(true);
    expect(aggregate).toEqual({ ...parcel, version: 1 });
    expect(await depot.parcels.byId(ours, parcel.id)).toEqual({ ...parcel, version: 1 });
    expect(await rawOf(parcel.id)).toMatchObject({ tenant: 'publisher-a', version: 1, sequence: 1 });
    expect(await bodiesOf(parcel.id)).toEqual([
      {
        specversion: '1.0',
        id: expect.any(String),
        type: 'parcel.packed',
        source: 'daikaifa/depot',
        subject: parcel.id,
        time: expect.stringMatching(/^\d{4}-.*Z$/),
        datacontenttype: 'application/json',
        tenant: 'publisher-a',
        correlationid: 'correlation-7',
        suite: 'shelf-1',
        sequence: 1,
        data: { id: parcel.id, label: 'glass', weightGrams: 100 },
      },
    ]);
  });

  it('makes one document of 20 calls at once with one idempotency key', async () => {
    const input = { label: 'twenty' };
    const idempotency = { key: 'key-20', fingerprint: fingerprint(input) };

    const answers = await Promise.all(
      Array.from({ length: 20 }, () => depot.parcels.create(parcelOf(input), [packed], idempotency)),
    );

    expect(answers.filter(({ created }) => created)).toHaveLength(1);
    expect(new Set(answers.map(({ aggregate }) => aggregate.id)).size).toBe(1);
    expect(await depot.parcels.model.countDocuments({ 'idempotency.key': 'key-20' })).toBe(1);
    const [first] = answers;
    expect(await depot.parcels.findCreated('publisher-a', idempotency)).toEqual(first?.aggregate);
  });

  it('refuses an idempotency key that was used with another input, in this tenant only', async () => {
    await depot.parcels.create(parcelOf(), [], { key: 'key-1', fingerprint: fingerprint({ a: 1 }) });

    const other = { key: 'key-1', fingerprint: fingerprint({ a: 2 }) };
    await expect(depot.parcels.create(parcelOf(), [], other)).rejects.toMatchObject({ code: 'CONFLICT' });
    const elsewhere = await depot.parcels.create(parcelOf({ publisherId: 'publisher-b' }), [], other);
    expect(elsewhere.created).toBe(true);
  });

  it('answers a repeated call with the first result, whichever unique index refuses it', async () => {
    const idempotency = { key: 'key-2', fingerprint: fingerprint({}) };
    const first = await depot.parcels.create(parcelOf({ label: 'unique-a' }), [], idempotency);

    const again = await depot.parcels.create(parcelOf({ label: 'unique-a' }), [], idempotency);

    expect(again).toEqual({ aggregate: first.aggregate, created: false });
    await expect(depot.parcels.create(parcelOf({ label: 'unique-a' }), [])).rejects.toMatchObject({
      code: 'CONFLICT',
      details: { fields: ['label'] },
    });
  });

  it('stores nothing when a fact or the state is outside the contract', async () => {
    const parcel = parcelOf();
    await expect(depot.parcels.create(parcel, [{ type: 'parcel.lost' }])).rejects.toThrow('parcel.lost');
    await expect(
      depot.parcels.create({ ...parcel, label: 7 as unknown as string }, [packed]),
    ).rejects.toThrow();
    expect(await depot.parcels.byId(ours, parcel.id)).toBeNull();
  });
});

describe('createOnce', () => {
  it('makes one document of 20 calls at once, and answers each of them that one', async () => {
    const parcel = parcelOf();

    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => depot.parcels.createOnce({ ...parcel, weightGrams: index }, [packed])),
    );

    const stored = await depot.parcels.byId(ours, parcel.id);
    expect(answers).toEqual(Array.from({ length: 20 }, () => stored));
    expect(await bodiesOf(parcel.id)).toHaveLength(1);
  });

  it('hides nothing: not the refusal of another index, nor what another tenant has', async () => {
    const parcel = await create({ label: 'unique-once' });
    const code = 'CONFLICT';
    await expect(depot.parcels.createOnce(parcelOf({ label: 'unique-once' }), [])).rejects.toMatchObject({ code });
    await expect(depot.parcels.createOnce({ ...parcel, publisherId: 'publisher-b' }, [])).rejects.toMatchObject({ code });
  });
});

describe('save', () => {
  it('changes state, version, sequence and events together', async () => {
    const parcel = await create({ note: 'fragile' });

    const { note, ...rest } = parcel;
    expect(note).toBe('fragile');
    const saved = await depot.parcels.save({ ...rest, weightGrams: 250 }, 1, [weighed, stamped]);

    expect(saved).toEqual({ ...rest, weightGrams: 250, version: 2 });
    const raw = await rawOf(parcel.id);
    expect(raw).toMatchObject({ version: 2, sequence: 3, weightGrams: 250 });
    expect(raw).not.toHaveProperty('note');
    const events = await bodiesOf(parcel.id);
    expect(events.map(({ type, sequence }) => [type, sequence])).toEqual([
      ['parcel.packed', 1],
      ['parcel.weighed', 2],
      ['parcel.stamped', 3],
    ]);
    expect(events.map(({ data }) => (data as Parcel).weightGrams)).toEqual([100, 250, 250]);
    expect(raw['outboxBytes']).toBe(
      (raw['outbox'] as { body: string }[]).reduce((sum, { body }) => sum + Buffer.byteLength(body), 0),
    );
  });

  it('without facts makes no event and keeps the sequence', async () => {
    const parcel = await create({}, []);

    await depot.parcels.save({ ...parcel, weightGrams: 1 }, 1, []);

    const raw = await rawOf(parcel.id);
    expect(raw).toMatchObject({ version: 2, sequence: 0, outbox: [] });
    expect(raw).not.toHaveProperty('pendingSince');
  });

  it('refuses an old version and changes nothing', async () => {
    const parcel = await create();
    await depot.parcels.save({ ...parcel, weightGrams: 2 }, 1, [weighed]);
    const before = await rawOf(parcel.id);

    await expect(depot.parcels.save({ ...parcel, weightGrams: 3 }, 1, [weighed])).rejects.toMatchObject({
      code: 'CONFLICT',
      details: { expectedVersion: 1, currentVersion: 2 },
    });

    expect(await rawOf(parcel.id)).toEqual(before);
  });

  it('lets one of many saves at once win', async () => {
    const parcel = await create();

    const outcomes = await Promise.allSettled(
      Array.from({ length: 12 }, (_, index) =>
        depot.parcels.save({ ...parcel, weightGrams: 1_000 + index }, 1, [weighed]),
      ),
    );

    const won = outcomes.filter((outcome) => outcome.status === 'fulfilled');
    expect(won).toHaveLength(1);
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') {
        expect(outcome.reason).toMatchObject({ code: 'CONFLICT' });
      }
    }
    expect(await rawOf(parcel.id)).toMatchObject({ version: 2, sequence: 2, weightGrams: won[0]?.value.weightGrams });
    expect(await bodiesOf(parcel.id)).toHaveLength(2);
  });

  it('does not reach the aggregate of another tenant', async () => {
    const parcel = await create();

    await expect(depot.parcels.save({ ...parcel, publisherId: 'publisher-b' }, 1, [])).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    expect(await rawOf(parcel.id)).toMatchObject({ tenant: 'publisher-a', version: 1 });
  });

  it('answers UNAVAILABLE when more than 100 events would wait, and the answer counts as a passing fault', async () => {
    const parcel = await create({}, []);
    await depot.parcels.save(parcel, 1, Array.from({ length: 99 }, () => weighed));
    await depot.parcels.save(parcel, 2, [weighed]);

    const refused = await depot.parcels.save(parcel, 3, [weighed]).catch((error: unknown) => error);

    expect(refused).toMatchObject({ code: 'UNAVAILABLE', details: { reason: 'OUTBOX_FULL', pendingEvents: 100 } });
    expect(isMongoFault(refused)).toBe(true);
    expect(await depot.parcels.save(parcel, 3, [])).toMatchObject({ version: 4 });
  });

  it('answers UNAVAILABLE when more than 256 KB would wait', async () => {
    const parcel = await create({ label: 'x'.repeat(100_000) });
    await depot.parcels.save(parcel, 1, [weighed]);

    await expect(depot.parcels.save(parcel, 2, [weighed])).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(await rawOf(parcel.id)).toMatchObject({ version: 2, sequence: 2 });
  });

  it('calls a single write above the limit a bug, not a passing fault', async () => {
    const refused = await create({ label: 'x'.repeat(300_000) }).catch((error: unknown) => error);

    expect(refused).toBeInstanceOf(Error);
    expect(refused).not.toHaveProperty('code');
  });

  it('refuses a field that the schema does not have', async () => {
    const parcel = await create();
    const invalid = { ...parcel, stamps: [{ by: 'clerk', at: new Date(), ink: 'blue' }] };

    await expect(depot.parcels.save(invalid, 1, [])).rejects.toThrow(/ink/);
  });
});

describe('update', () => {
  it('decides again on the newer state after lost races', async () => {
    const parcel = await create();
    let decisions = 0;
    const reads = readTogether(3);

    const answers = await Promise.all(
      Array.from({ length: 3 }, () =>
        depot.parcels.update(ours, parcel.id, (current) => {
          decisions += 1;
          return { next: { ...current, weightGrams: current.weightGrams + 1 }, facts: [weighed] };
        }),
      ),
    );

    reads.mockRestore();
    expect(answers.map((answer) => answer?.weightGrams).sort()).toEqual([101, 102, 103]);
    expect(decisions).toBeGreaterThan(3);
    expect(await rawOf(parcel.id)).toMatchObject({ version: 4, sequence: 4, weightGrams: 103 });
  });

  it('gives up with CONFLICT after three lost races, and loses no change that it acknowledged', async () => {
    const parcel = await create();
    const decisions = Array.from({ length: 30 }, () => 0);

    const outcomes = await Promise.allSettled(
      decisions.map((_, index) =>
        depot.parcels.update(ours, parcel.id, (current) => {
          decisions[index]! += 1;
          return { next: { ...current, weightGrams: current.weightGrams + 1 }, facts: [] };
        }),
      ),
    );

    const lost = outcomes.flatMap((outcome, index) => (outcome.status === 'rejected' ? [{ outcome, index }] : []));
    expect(lost.length).toBeGreaterThan(0);
    for (const { outcome, index } of lost) {
      expect(outcome.reason).toMatchObject({ code: 'CONFLICT' });
      expect(decisions[index]).toBe(3);
    }
    const stored = await depot.parcels.byId(ours, parcel.id);
    expect(stored?.weightGrams).toBe(100 + outcomes.length - lost.length);
  });

  it('passes on at once what the decision throws', async () => {
    const parcel = await create();
    let decisions = 0;

    await expect(
      depot.parcels.update(ours, parcel.id, () => {
        decisions += 1;
        throw new Error('not like this');
      }),
    ).rejects.toThrow('not like this');
    expect(decisions).toBe(1);
  });

  it('writes nothing when there is nothing to do, and finds nothing outside its scope', async () => {
    const parcel = await create();

    expect(await depot.parcels.update(ours, parcel.id, () => null)).toEqual(parcel);
    expect(
      await depot.parcels.update(theirs, parcel.id, (current) => ({ next: current, facts: [weighed] })),
    ).toBeNull();
    expect(await rawOf(parcel.id)).toMatchObject({ version: 1, sequence: 1 });
  });
});

describe('scope', () => {
  it('of another tenant sees nothing', async () => {
    const parcel = await create({ shelfId: 'shelf-scope' });
    const listing = { filter: { shelfId: 'shelf-scope' } };
    const byShelf = { parentField: 'shelfId', parentIds: ['shelf-scope'] };

    for (const scope of [theirs, tenantScope()]) {
      expect(await depot.parcels.byId(scope, parcel.id)).toBeNull();
      expect((await depot.parcels.byIds(scope, [parcel.id])).size).toBe(0);
      expect((await depot.parcels.page(scope, listing, { first: 10 })).items).toEqual([]);
      expect((await depot.parcels.pagesByParent(scope, byShelf, { first: 10 })).get('shelf-scope')?.items).toEqual([]);
      const byTenant = { parentField: 'tenant', parentIds: [parcel.publisherId] };
      expect((await depot.parcels.pagesByParent(scope, byTenant, { first: 10 })).get(parcel.publisherId)?.items).toEqual([]);
    }
    expect((await depot.parcels.byIds(ours, [parcel.id])).get(parcel.id)).toEqual(parcel);
    expect((await depot.parcels.byIds(tenantScope('publisher-b', 'publisher-a'), [parcel.id])).size).toBe(1);
  });

  it('cannot be widened by a filter', async () => {
    await create({ shelfId: 'shelf-wide' });

    const page = await depot.parcels.page(
      theirs,
      { filter: { shelfId: 'shelf-wide', tenant: 'publisher-a' } },
      { first: 10 },
    );

    expect(page.items).toEqual([]);
  });

  it('of the platform sees all and leaves its reason in the audit log', async () => {
    const parcel = await create({ publisherId: 'publisher-c' });

    expect(await depot.parcels.byId(platformScope('nightly count'), parcel.id)).toEqual(parcel);

    expect(log.lines).toContainEqual(
      expect.objectContaining({
        'audit.reason': 'nightly count',
        'audit.collection': 'parcels',
        'audit.operation': 'byId',
      }),
    );
  });
});

describe('lists', () => {
  const at = (ms: number): Date => new Date(Date.UTC(2026, 0, 1) + ms);

  const walk = async (shelfId: string, sort: 'newest' | 'oldest', first: number): Promise<string[]> => {
    const labels: string[] = [];
    for (let after: string | undefined; ; ) {
      const page = await depot.parcels.page(
        ours,
        { filter: { shelfId }, sort },
        { first, ...(after === undefined ? {} : { after }) },
      );
      expect(page.items.length).toBeLessThanOrEqual(first);
      labels.push(...page.items.map(({ node }) => node.label));
      after = page.items.at(-1)?.cursor;
      if (!page.hasNextPage) {
        return labels;
      }
    }
  };

  it('page through every document once, in order, also those of one millisecond', async () => {
    const shelfId = 'shelf-ties';
    for (const [label, ms, id] of [
      ['a', 0, 'tie-3'],
      ['b', 5, 'tie-1'],
      ['c', 5, 'tie-2'],
      ['d', 5, 'tie-4'],
      ['e', 5, 'tie-5'],
      ['f', 9, 'tie-0'],
    ] as const) {
      await create({ id, shelfId, label, createdAt: at(ms) });
    }

    for (const first of [1, 2, 3, 6]) {
      expect(await walk(shelfId, 'newest', first)).toEqual(['f', 'e', 'd', 'c', 'b', 'a']);
      expect(await walk(shelfId, 'oldest', first)).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
    }
  });

  it('do not shift when something newer is written between two pages', async () => {
    const shelfId = 'shelf-shift';
    for (const [index, label] of ['a', 'b', 'c'].entries()) {
      await create({ shelfId, label, createdAt: at(index) });
    }
    const listing = { filter: { shelfId } };
    const first = await depot.parcels.page(ours, listing, { first: 2 });
    await create({ shelfId, label: 'd', createdAt: at(100) });

    const second = await depot.parcels.page(ours, listing, { first: 2, after: first.items[1]!.cursor });

    expect(second.items.map(({ node }) => node.label)).toEqual(['a']);
    expect(second.hasNextPage).toBe(false);
  });

  it.each(['', 'x', Buffer.from('{"a":1}').toString('base64url'), Buffer.from('["1","2"]').toString('base64url')])(
    'refuse the foreign cursor "%s"',
    async (after) => {
      await expect(depot.parcels.page(ours, {}, { first: 1, after })).rejects.toMatchObject({
        code: 'BAD_USER_INPUT',
        violations: [{ field: 'after' }],
      });
    },
  );

  it('answer named queries through the model, inside the scope', async () => {
    const parcel = await create({ label: 'named' });
    const find = (scope: typeof ours) =>
      depot.parcels.model.find({ ...depot.parcels.within(scope, 'findNamed'), label: 'named' }).lean();

    expect((await find(ours)).map((document) => depot.parcels.toDomain(document))).toEqual([parcel]);
    expect(await find(theirs)).toEqual([]);
    await expect(depot.parcels.model.find({ labell: 'named' }).lean()).rejects.toThrow(/labell/);
  });
});
