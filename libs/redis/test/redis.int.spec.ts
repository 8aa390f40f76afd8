import { setTimeout as pause } from 'node:timers/promises';
import { silentLogger, testServers, uniqueName } from '@daikaifa/testing';
import { connectRedis, createLock, createSharedValues, type RedisConnection } from '../src';

const LIMITS = { ttlMs: 5000, waitMs: 5000 };
const prefix = uniqueName('redis-spec');
const connections: RedisConnection[] = [];
const connect = (): RedisConnection => {
  const connection = connectRedis({ url: testServers().redisUrl, prefix, logger: silentLogger() });
  connections.push(connection);
  return connection;
};
afterAll(() => Promise.all(connections.map((connection) => connection.close())));

describe('lock', () => {
  it('lets one holder in at a time and gives each a higher fence', async () => {
    const locks = [createLock(connect()), createLock(connect())];
    let inside = 0;
    let most = 0;

    const fences = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        locks[index % 2]!.withLock('one', LIMITS, async (fence) => {
          inside += 1;
          most = Math.max(most, inside);
          await pause(5);
          inside -= 1;
          return fence;
        }),
      ),
    );

    expect(most).toBe(1);
    expect(new Set(fences).size).toBe(10);
  });

  it('gives up with UNAVAILABLE when the holder stays', async () => {
    const lock = createLock(connect());

    const waiting = lock.withLock('held', LIMITS, () => lock.withLock('held', { ttlMs: 100, waitMs: 50 }, async () => 1));

    await expect(waiting).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  it('can be taken over when its time to live has passed, and the late holder does not free it', async () => {
    const lock = createLock(connect());
    const order: string[] = [];

    await lock.withLock('short', { ttlMs: 50, waitMs: 0 }, async () => {
      await lock.withLock('short', { ttlMs: 5000, waitMs: 2000 }, async () => order.push('second'));
      order.push('first');
    });

    expect(order).toEqual(['second', 'first']);
  });
});

describe('shared values', () => {
  it('are fetched once by two processes that ask fifty times at once', async () => {
    const processes = [connect(), connect()].map((connection) =>
      createSharedValues(connection, createLock(connection), LIMITS),
    );
    let fetches = 0;
    const fetch = async () => {
      fetches += 1;
      await pause(30);
      return { stored: `token-${fetches}`, ttlMs: 10_000 };
    };

    const values = await Promise.all(Array.from({ length: 50 }, (_, index) => processes[index % 2]!.get('t', fetch)));

    expect(fetches).toBe(1);
    expect(new Set(values)).toEqual(new Set(['token-1']));
  });

  it('are fetched again when rejected, and only once per rejected value', async () => {
    const connection = connect();
    const shared = createSharedValues(connection, createLock(connection), LIMITS);
    let fetches = 0;
    const fetch = async () => ({ stored: `value-${(fetches += 1)}`, ttlMs: 10_000 });
    const first = await shared.get('again', fetch);

    const second = await shared.get('again', fetch, first);
    const third = await shared.get('again', fetch, first);

    expect([first, second, third]).toEqual(['value-1', 'value-2', 'value-2']);
  });

  it('are not kept when the fetch failed', async () => {
    const connection = connect();
    const shared = createSharedValues(connection, createLock(connection), LIMITS);

    await expect(shared.get('broken', () => Promise.reject(new Error('no')))).rejects.toThrow('no');

    await expect(shared.get('broken', async () => ({ stored: 'ok', ttlMs: 1000 }))).resolves.toBe('ok');
  });
});
