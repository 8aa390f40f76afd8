import { eventually } from '@daikaifa/testing';
import { createEventLanes, type LaneEvent } from './event-lanes';
import type { Backlog, BacklogEntry, EventLog, OutgoingEvent } from './ports';

const limits = { storeMs: 50, lookUpMs: 50 } as never;
const clock = { now: () => new Date() };
const logger = { warn: () => undefined, info: () => undefined };

/** A broker and a database that keep the guarantees of their ports, and go away when told to. */
const createServers = () => {
  const published: string[] = [];
  const stored: BacklogEntry[] = [];
  const batches: number[] = [];
  const state = { kafka: 'up' as 'up' | 'down' | 'silent', mongo: 'up' as 'up' | 'down' | 'silent', looks: 0 };
  const hotLog: EventLog = {
    healthy: () => state.kafka !== 'down',
    send: async (events: readonly OutgoingEvent[]) => {
      batches.push(events.length);
      await new Promise((resolve) => setImmediate(resolve));
      if (state.kafka !== 'up') {
        throw new Error('not acknowledged in time');
      }
      published.push(...events.map(({ value }) => value));
    },
  };
  const reach = async (): Promise<void> => {
    if (state.mongo === 'down') {
      throw new Error('away');
    }
    if (state.mongo === 'silent') {
      await new Promise(() => undefined);
    }
  };
  const backlog: Partial<Backlog> = {
    has: async ({ templateId, key }) => {
      state.looks += 1;
      await reach();
      return stored.some((entry) => entry.templateId === templateId && entry.key === key);
    },
    add: async (entries) => {
      await reach();
      stored.push(...entries);
    },
    release: async () => {
      await reach();
      stored.forEach((entry, index) => {
        stored[index] = { ...entry, state: 'STORED' };
      });
      return 0;
    },
  };
  const lanes = createEventLanes({ hotLog, backlog: backlog as Backlog, limits, clock, logger });
  const send = (id: string, changes: Partial<LaneEvent> = {}) =>
    lanes.accept({
      id,
      publisherId: 'p',
      endpointId: 'e',
      templateId: 't',
      key: 's',
      suiteId: 's',
      corpKey: null,
      infoType: 'x',
      receivedAt: new Date(),
      occurredAt: new Date(),
      parked: false,
      message: { topic: 't', key: 's', value: id, headers: {} },
      ...changes,
    });
  return { lanes, send, state, published, stored, batches };
};

describe('event lanes', () => {
  it('publish in the order of acceptance, one batch of a lane at a time, and look into MongoDB once', async () => {
    const { send, state, published, batches } = createServers();
    const ids = Array.from({ length: 50 }, (_, index) => `e${index}`);
    expect(new Set(await Promise.all(ids.map((id) => send(id))))).toEqual(new Set(['PUBLISHED']));
    expect(published).toEqual(ids);
    expect(batches.length).toBeLessThan(4);
    await send('later');
    expect(state.looks).toBe(1);
  });

  it.each([['down'], ['silent']] as const)('store in order while Kafka is %s', async (kafka) => {
    const { lanes, send, state, stored } = createServers();
    state.kafka = kafka;
    const states = await Promise.all(['a', 'b', 'c'].map((id) => send(id)));
    expect(states).toEqual(['STORED', 'STORED', 'STORED']);
    const byOrder = [...stored].sort((one, other) => one.order - other.order);
    expect(byOrder.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
    expect([lanes.takeBacklogMark(), lanes.takeBacklogMark()]).toEqual([true, false]);
  });

  it('queue behind what is stored, also when Kafka is back, until it was moved', async () => {
    const { send, state, stored, published } = createServers();
    state.kafka = 'down';
    await send('a');
    state.kafka = 'up';
    expect(await send('b')).toBe('STORED');
    expect(await send('other', { key: 'a corp of the suite' })).toBe('PUBLISHED');
    // The same key through another endpoint of the template is the same lane.
    expect(await send('c', { endpointId: 'another endpoint' })).toBe('STORED');
    stored.length = 0;
    expect(await send('d')).toBe('PUBLISHED');
    expect(published).toEqual(['other', 'd']);
  });

  it('put an event of a known suite behind the parked ones, which go on with it', async () => {
    const { send, stored } = createServers();
    expect(await send('a', { parked: true })).toBe('PARKED');
    expect(await send('b')).toBe('STORED');
    expect(stored.map(({ id, state }) => `${id} ${state}`)).toEqual(['a STORED', 'b STORED']);
  });

  it.each([['down'], ['silent']] as const)('take nothing while both are away, MongoDB %s', async (mongo) => {
    const { send, state } = createServers();
    state.kafka = 'silent';
    state.mongo = mongo;
    await expect(send('a')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    state.kafka = 'up';
    state.mongo = 'up';
    expect(await send('a')).toBe('PUBLISHED');
  });

  it('rather let an event overtake than lose it, when only Kafka is there', async () => {
    const { send, state } = createServers();
    state.kafka = 'down';
    await send('a');
    state.kafka = 'up';
    state.mongo = 'down';
    expect(await send('b')).toBe('PUBLISHED');
  });

  it('does not park in Kafka', async () => {
    const { send, state, published } = createServers();
    state.mongo = 'down';
    await expect(send('a', { parked: true })).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await eventually(() => published.length === 0);
  });
});
