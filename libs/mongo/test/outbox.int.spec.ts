import type { OutgoingMessage } from '@daikaifa/contracts';
import { tenantScope } from '@daikaifa/kernel';
import { capturedLogger, eventually, manualClock, uniqueName } from '@daikaifa/testing';
import {
  openDepot,
  packed,
  parcelOf,
  recordingSender,
  stamped,
  weighed,
  type Depot,
  type RecordingSender,
  type SentEvent,
} from './harness';

const ours = tenantScope('publisher-a');
const fast = { sweepEveryMs: 40, pendingAfterMs: 0 };
/** The sweep takes no part. */
const fastPathOnly = { sweepEveryMs: 3_600_000, pendingAfterMs: 3_600_000 };

let database: string;
let open: Depot[];

beforeEach(() => {
  database = uniqueName('mongo-outbox');
  open = [];
});

afterEach(async () => {
  await Promise.all(open.map((depot) => depot.close()));
});

const openOne = async (...args: Parameters<typeof openDepot> extends [string, ...infer Rest] ? Rest : never) => {
  const depot = await openDepot(database, ...args);
  open.push(depot);
  return depot;
};

const rawOf = (depot: Depot, id: string) =>
  depot.mongo.connection.collection<{ _id: string; [field: string]: unknown }>('parcels').findOne({ _id: id });

const isEmpty = async (depot: Depot, id: string): Promise<boolean> => {
  const raw = await rawOf(depot, id);
  return (
    raw !== null &&
    (raw['outbox'] as unknown[]).length === 0 &&
    raw['outboxBytes'] === 0 &&
    !('pendingSince' in raw)
  );
};

const sequencesOf = (events: readonly SentEvent[]): number[] => events.map(({ sequence }) => sequence);

/** What a receiver keeps: the highest sequence wins, older ones are dropped. */
const receivedState = (events: readonly SentEvent[]): unknown =>
  events.reduce<SentEvent | undefined>(
    (kept, event) => (kept === undefined || event.sequence > kept.sequence ? event : kept),
    undefined,
  )?.data;

/** Holds whoever waits until it is opened. */
const gate = () => {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open: () => open(), opened };
};

describe('the fast path', () => {
  it('publishes right after the write, in order, keyed by the aggregate, and empties the document', async () => {
    const sender = recordingSender();
    const depot = await openOne(sender, fastPathOnly);
    depot.outbox.start();

    const { aggregate } = await depot.parcels.create(parcelOf(), [packed]);
    await depot.parcels.save({ ...aggregate, weightGrams: 5 }, 1, [weighed, stamped]);

    await eventually(() => isEmpty(depot, aggregate.id));
    expect([...new Set(sequencesOf(sender.events(aggregate.id)))]).toEqual([1, 2, 3]);
    for (const message of sender.messages) {
      expect(message).toMatchObject({
        topic: 'daikaifa.depot.parcel.v1',
        key: aggregate.id,
        headers: { 'content-type': expect.stringContaining('application/cloudevents+json') },
      });
    }
    expect(await depot.parcels.byId(ours, aggregate.id)).toMatchObject({ version: 2 });
    expect(await depot.outbox.stats()).toEqual({ documents: 0, events: 0, oldestAgeMs: 0, failing: 0 });
  });

  it('publishes what is written while an earlier publication is under way', async () => {
    const first = gate();
    let calls = 0;
    const sender = recordingSender({
      before: async () => {
        calls += 1;
        if (calls === 1) {
          await first.opened;
        }
      },
    });
    const depot = await openOne(sender, fastPathOnly);
    depot.outbox.start();
    const { aggregate } = await depot.parcels.create(parcelOf(), [packed]);
    await eventually(() => calls === 1);

    await depot.parcels.save(aggregate, 1, [weighed]);
    first.open();

    await eventually(() => isEmpty(depot, aggregate.id));
    expect(sequencesOf(sender.events())).toEqual([1, 2]);
  });

  it('never makes a caller wait for the broker or fail with it', async () => {
    const held = gate();
    const depot = await openOne(recordingSender({ before: () => held.opened }), fastPathOnly);
    depot.outbox.start();

    const { aggregate } = await depot.parcels.create(parcelOf(), [packed]);
    const saved = await depot.parcels.save(aggregate, 1, [weighed]);

    expect(saved.version).toBe(2);
    held.open();
  });
});

describe('a crash', () => {
  it('between write and publication: the sweep of another process publishes', async () => {
    const lost = recordingSender();
    const crashed = await openOne(lost, fastPathOnly);
    const { aggregate } = await crashed.parcels.create(parcelOf(), [packed]);
    await crashed.parcels.save(aggregate, 1, [weighed]);
    expect(lost.messages).toEqual([]);

    const sender = recordingSender();
    const depot = await openOne(sender, fast);
    depot.outbox.start();

    await eventually(() => isEmpty(depot, aggregate.id));
    expect(sequencesOf(sender.events())).toEqual([1, 2]);
  });

  it('between the broker storing and the removal: the same events are sent again, with the same ids', async () => {
    const crash = gate();
    const broker = recordingSender({ after: () => crash.opened });
    const crashed = await openOne(broker, fastPathOnly);
    crashed.outbox.start();
    const { aggregate } = await crashed.parcels.create(parcelOf(), [packed, weighed]);
    await eventually(() => broker.messages.length === 2);
    expect(await isEmpty(crashed, aggregate.id)).toBe(false);

    const sender = recordingSender();
    const depot = await openOne(sender, fast);
    depot.outbox.start();
    await eventually(() => isEmpty(depot, aggregate.id));

    expect(sender.messages.map(({ value }) => value)).toEqual(broker.messages.map(({ value }) => value));
    crash.open();
    await crashed.outbox.drain();
    expect(await isEmpty(depot, aggregate.id)).toBe(true);
  });

  it('after a removal that comes late: events written meanwhile stay until they are published', async () => {
    const late = gate();
    const slow = await openOne(recordingSender({ after: () => late.opened }), fastPathOnly);
    slow.outbox.start();
    const { aggregate } = await slow.parcels.create(parcelOf(), [packed]);

    const silent = await openOne(recordingSender(), fastPathOnly);
    await silent.parcels.save(aggregate, 1, [weighed]);
    late.open();
    await slow.outbox.drain();

    const raw = await rawOf(slow, aggregate.id);
    expect((raw!['outbox'] as { sequence: number }[]).map(({ sequence }) => sequence)).toEqual([2]);
    expect(raw).toMatchObject({ version: 2, pendingSince: expect.any(Date) });
    expect(raw!['outboxBytes']).toBe((raw!['outbox'] as { bytes: number }[])[0]!.bytes);
  });
});

describe('two publishers at once', () => {
  it('deliver every event of every document; a receiver that goes by sequence ends with the last state', async () => {
    const broker: OutgoingMessage[] = [];
    const slowly = (): RecordingSender =>
      recordingSender({
        after: async (batch) => {
          await new Promise((resolve) => setImmediate(resolve));
          broker.push(...batch);
        },
      });
    const one = await openOne(slowly(), fast);
    const two = await openOne(slowly(), fast);
    one.outbox.start();
    two.outbox.start();

    const ids = await Promise.all(
      Array.from({ length: 6 }, async (_, index) => {
        const [first, second] = index % 2 === 0 ? [one, two] : [two, one];
        const { aggregate } = await first.parcels.create(parcelOf(), [packed]);
        for (let version = 1; version <= 6; version += 1) {
          const writer = version % 2 === 0 ? first : second;
          await writer.parcels.save({ ...aggregate, weightGrams: version }, version, [weighed]);
        }
        return aggregate.id;
      }),
    );
    await eventually(async () => (await one.outbox.stats()).documents === 0);

    const events = broker.map(({ value }) => JSON.parse(value) as SentEvent);
    for (const id of ids) {
      const received = events.filter(({ subject }) => subject === id);
      expect([...new Set(sequencesOf(received))].sort((left, right) => left - right)).toEqual([1, 2, 3, 4, 5, 6, 7]);
      expect(receivedState(received)).toMatchObject({ weightGrams: 6 });
    }
  });
});

describe('a broker that fails', () => {
  it('and then works gets everything, in order', async () => {
    let broken = true;
    const sender = recordingSender({
      before: async () => {
        if (broken) {
          throw new Error('broker away');
        }
      },
    });
    const depot = await openOne(sender, fast);
    depot.outbox.start();
    const { aggregate } = await depot.parcels.create(parcelOf(), [packed]);
    await depot.parcels.save(aggregate, 1, [weighed]);
    await eventually(async () => (await depot.outbox.stats()).failing === 1);
    expect(await depot.outbox.stats()).toMatchObject({ documents: 1, events: 2 });

    broken = false;

    await eventually(() => isEmpty(depot, aggregate.id));
    expect(sequencesOf(sender.events())).toEqual([1, 2]);
    // The document is empty before the outbox has the answer.
    await depot.outbox.drain();
    expect(await depot.outbox.stats()).toMatchObject({ documents: 0, failing: 0 });
  });

  it('for one document raises an alarm and blocks nobody else', async () => {
    const log = capturedLogger();
    const poisoned = parcelOf({ label: 'poisoned' });
    const sender = recordingSender({
      before: async (batch) => {
        if (batch.some(({ key }) => key === poisoned.id)) {
          throw new Error('message refused');
        }
      },
    });
    const depot = await openOne(sender, { ...fast, alarmAfterFailures: 3, logger: log.logger });
    // Oldest in the queue, written while nobody published.
    await depot.parcels.create(poisoned, [packed]);
    const { aggregate: healthy } = await depot.parcels.create(parcelOf(), [packed]);
    depot.outbox.start();

    await eventually(() => isEmpty(depot, healthy.id));
    const alarm = await eventually(() => log.lines.find((line) => String(line['msg']).startsWith('alarm')));

    expect(alarm).toMatchObject({ level: 'error', 'aggregate.id': poisoned.id, 'outbox.failures': 3 });
    expect(await depot.outbox.stats()).toMatchObject({ documents: 1, events: 1, failing: 1 });
  });
});

describe('numbers and turns', () => {
  it('tells depth and the age of the oldest, and leaves young events to the fast path', async () => {
    const clock = manualClock();
    const sender = recordingSender();
    const depot = await openOne(sender, { sweepEveryMs: 3_600_000, pendingAfterMs: 5_000, clock });
    const { aggregate: old } = await depot.parcels.create(parcelOf(), [packed]);
    clock.advance(4_000);
    await depot.parcels.create(parcelOf(), [packed, weighed]);
    await depot.parcels.save(old, 1, [weighed]);

    expect(await depot.outbox.stats()).toEqual({ documents: 2, events: 4, oldestAgeMs: 4_000, failing: 0 });
    await depot.outbox.sweep();
    expect(sender.messages).toEqual([]);

    clock.advance(1_000);
    await depot.outbox.sweep();

    expect(sequencesOf(sender.events())).toEqual([1, 2]);
    expect(sender.messages.every(({ key }) => key === old.id)).toBe(true);
    expect(await depot.outbox.stats()).toEqual({ documents: 1, events: 2, oldestAgeMs: 1_000, failing: 0 });
  });

  it('reaches every document of a backlog larger than its queue, past many that fail', async () => {
    const sender = recordingSender({
      before: async ([message]) => {
        if (message?.key.startsWith('bad-')) {
          throw new Error('message refused');
        }
      },
    });
    const depot = await openOne(sender, fast);
    const entry = { type: 'parcel.packed', sequence: 1, topic: 'daikaifa.depot.parcel.v1', body: '{}', bytes: 2 };
    const backlog = Array.from({ length: 1_300 }, (_, index) => {
      const id = index < 1_100 ? `bad-${index}` : `good-${index}`;
      const since = new Date(1_000_000 + index);
      return { _id: id, tenant: 'publisher-a', outbox: [{ ...entry, id, key: id, since }], pendingSince: since };
    });
    await depot.mongo.connection.collection<{ _id: string }>('parcels').insertMany(backlog);

    await depot.outbox.sweep();
    await depot.outbox.sweep();

    expect(sender.messages).toHaveLength(200);
    expect(await depot.outbox.stats()).toMatchObject({ documents: 1_100 });
  });

  it('tries again what this process could not publish, however young, once per sweep', async () => {
    const clock = manualClock();
    let tries = 0;
    const sender = recordingSender({
      before: async () => {
        tries += 1;
        if (tries <= 2) {
          throw new Error('the broker is away');
        }
      },
    });
    const depot = await openOne(sender, { sweepEveryMs: 3_600_000, pendingAfterMs: 5_000, clock });
    depot.outbox.start();
    const { aggregate } = await depot.parcels.create(parcelOf(), [packed]);
    await eventually(async () => (await depot.outbox.stats()).failing === 1);

    await depot.outbox.sweep();
    expect(tries).toBe(2);
    await depot.outbox.sweep();

    expect(await isEmpty(depot, aggregate.id)).toBe(true);
    expect(await depot.outbox.stats()).toEqual({ documents: 0, events: 0, oldestAgeMs: 0, failing: 0 });
  });

  it('stops only after what is under way is done, and takes nothing more', async () => {
    const held = gate();
    const sender = recordingSender({ before: () => held.opened });
    const depot = await openOne(sender, fastPathOnly);
    depot.outbox.start();
    const { aggregate } = await depot.parcels.create(parcelOf(), [packed]);

    let stopped = false;
    const stopping = depot.outbox.stop().then(() => {
      stopped = true;
    });
    const { aggregate: later } = await depot.parcels.create(parcelOf(), [packed]);
    expect(stopped).toBe(false);
    held.open();
    await stopping;

    expect(await isEmpty(depot, aggregate.id)).toBe(true);
    expect(await isEmpty(depot, later.id)).toBe(false);
    expect(sender.events().map(({ subject }) => subject)).toEqual([aggregate.id]);
  });
});
