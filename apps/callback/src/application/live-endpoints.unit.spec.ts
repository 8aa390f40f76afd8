import type { Endpoint } from '../domain/endpoint';
import { endpointIdOf } from '../domain/endpoint';
import { makeEndpoint } from '../domain/endpoint.decide';
import { createLiveEndpoints } from './live-endpoints';

const id = endpointIdOf('t');
const endpoint = makeEndpoint(
  { templateId: 't', publisherId: 'p', deleted: false, watched: false },
  'https://callback.example.com',
  new Date(),
).next;

const createWorld = () => {
  const world = { stored: new Map<string, Endpoint>([[id, endpoint]]), suiteId: null as string | null, reads: 0, away: false };
  const live = createLiveEndpoints({
    endpoints: {
      byId: async (_scope: unknown, asked: string) => {
        world.reads += 1;
        if (world.away) {
          throw new Error('away');
        }
        return world.stored.get(asked) ?? null;
      },
      openIds: async () => [...world.stored.keys()],
      byIds: async () => world.stored,
    } as never,
    directory: { find: async () => ({ providerCorpId: 'ww', suiteId: world.suiteId }) } as never,
    vault: {} as never,
    limits: { lookUpMs: 200, rereadMs: 500 } as never,
  });
  return { world, live };
};

describe('endpoints in memory', () => {
  afterEach(() => jest.useRealTimers());

  it('need one read for many requests', async () => {
    const { world, live } = createWorld();
    const found = await Promise.all(Array.from({ length: 100 }, () => live.find(id)));
    await live.find(id);
    expect(found[99]).toMatchObject({ id, providerCorpId: 'ww', closed: false });
    expect(world.reads).toBe(1);
  });

  it('remember for a moment that there is none, and ask nobody about what is no id', async () => {
    const { world, live } = createWorld();
    world.stored.clear();
    expect([await live.find(id), await live.find(id), await live.find('../etc')]).toEqual([null, null, null]);
    expect(world.reads).toBe(1);
  });

  it('see a change of another process when they are told that what they know does not fit', async () => {
    const { world, live } = createWorld();
    await live.find(id);
    world.suiteId = 'dk';
    expect((await live.find(id))?.suiteId).toBeNull();
    const arrivedAt = performance.now();
    const all = await Promise.all(Array.from({ length: 50 }, () => live.reread(id, arrivedAt)));
    expect(new Set(all.map((one) => one?.suiteId))).toEqual(new Set(['dk']));
    // However many requests do not fit, the database is asked once for those that were there.
    expect(world.reads).toBe(2);
  });

  it('see a change of their own process with the next request', async () => {
    const { world, live } = createWorld();
    await live.find(id);
    world.suiteId = 'dk';
    live.forget(id);
    expect((await live.find(id))?.suiteId).toBe('dk');
    world.suiteId = 'dk2';
    live.forgetPublisher('p');
    expect((await live.find(id))?.suiteId).toBe('dk2');
  });

  it('go on with what they know while the database is away', async () => {
    const { world, live } = createWorld();
    await live.warm(10);
    world.away = true;
    live.forget(id);
    expect(await live.find(id)).toMatchObject({ id });
    await expect(live.find(endpointIdOf('never seen'))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  it('limit the reads of somebody who is guessing', async () => {
    // Counted by the second: this one does not end.
    jest.useFakeTimers({ now: 0 });
    const { world, live } = createWorld();
    const guesses = Array.from({ length: 500 }, (_, index) => live.find(endpointIdOf(`guess ${index}`)));
    const refused = (await Promise.allSettled(guesses)).filter(({ status }) => status === 'rejected');
    expect([world.reads, refused.length]).toEqual([100, 400]);
    expect(await live.find(id).catch(() => 'limited')).toBeTruthy();
  });
});
