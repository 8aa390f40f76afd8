import { setTimeout as pause } from 'node:timers/promises';
import { eventually, silentLogger, testServers, uniqueName } from '@daikaifa/testing';
import { connectRedis, createLock, createSharedValues, type RedisConnection } from '../src';

/** Further off than any test takes on a machine that stalls; where a limit is what is tested, it is written there. */
const LIMITS = { ttlMs: 60_000, waitMs: 30_000 };
const LASTING_MS = 60_000;

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

    const waiting = lock.withLock('held', LIMITS, () => lock.withLock('held', { ...LIMITS, waitMs: 50 }, async () => 1));

    await expect(waiting).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  it('stays with a holder that works longer than the time to live', async () => {
    const { client } = connect();
    const lock = createLock(connect());
    const begun = jest.spyOn(global, 'setInterval');
    const ended = jest.spyOn(global, 'clearInterval');

    await lock.withLock('long', LIMITS, async () => {
      const [renew, everyMs] = begun.mock.lastCall as [() => void, number];
      expect(everyMs).toBeLessThan(LIMITS.ttlMs / 2);
      await client.pexpire('lock:long', LIMITS.ttlMs / 2);
      renew();
      await eventually(async () => (await client.pttl('lock:long')) > LIMITS.ttlMs / 2);

      // It came too late once, and nobody else was there.
      await client.del('lock:long');
      renew();
      await eventually(async () => (await client.pttl('lock:long')) > LIMITS.ttlMs / 2);
    });

    expect(ended).toHaveBeenCalledWith(begun.mock.results.at(-1)!.value);
    jest.restoreAllMocks();
  });

  it('is taken over from a holder that has died', async () => {
    const dying = connectRedis({ url: testServers().redisUrl, prefix, logger: silentLogger() });
    const lock = createLock(connect());
    const order: string[] = [];

    await createLock(dying).withLock('died', { ttlMs: 600, waitMs: 0 }, async () => {
      await dying.close();
      await lock.withLock('died', LIMITS, async () => {
        order.push('second');
      });
      order.push('first');
    });

    expect(order).toEqual(['second', 'first']);
  });

  it('is neither freed nor renewed by a holder from which it was taken over', async () => {
    const { client } = connect();
    const lock = createLock(connect());
    const begun = jest.spyOn(global, 'setInterval');

    await lock.withLock('taken', LIMITS, async () => {
      const [renew] = begun.mock.lastCall as [() => void];
      await client.del('lock:taken');
      await lock.withLock('taken', LIMITS, async () => {
        const theirs = await client.get('lock:taken');
        await client.pexpire('lock:taken', LIMITS.ttlMs / 2);
        renew();
        // One connection does one thing after the other: the renewal has been before this.
        await expect(lock.withLock('taken', { ...LIMITS, waitMs: 0 }, async () => 1)).rejects.toThrow();
        expect(await client.get('lock:taken')).toBe(theirs);
        expect(await client.pttl('lock:taken')).toBeLessThanOrEqual(LIMITS.ttlMs / 2);
      });
      // That one has gone again.
      renew();
      await expect(lock.withLock('taken', LIMITS, async () => 'free')).resolves.toBe('free');
      await client.set('lock:taken', 'another holder');
    });

    expect(await client.get('lock:taken')).toBe('another holder');
    jest.restoreAllMocks();
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
      return { stored: `token-${fetches}`, ttlMs: LASTING_MS };
    };

    const values = await Promise.all(Array.from({ length: 50 }, (_, index) => processes[index % 2]!.get('t', fetch)));

    expect(fetches).toBe(1);
    expect(new Set(values)).toEqual(new Set(['token-1']));
  });

  it('are fetched again when rejected, and only once per rejected value', async () => {
    const connection = connect();
    const shared = createSharedValues(connection, createLock(connection), LIMITS);
    let fetches = 0;
    const fetch = async () => ({ stored: `value-${(fetches += 1)}`, ttlMs: LASTING_MS });
    const first = await shared.get('again', fetch);

    const second = await shared.get('again', fetch, first);
    const third = await shared.get('again', fetch, first);

    expect([first, second, third]).toEqual(['value-1', 'value-2', 'value-2']);
  });

  it('are not kept when the fetch failed', async () => {
    const connection = connect();
    const shared = createSharedValues(connection, createLock(connection), LIMITS);

    await expect(shared.get('broken', () => Promise.reject(new Error('no')))).rejects.toThrow('no');

    await expect(shared.get('broken', async () => ({ stored: 'ok', ttlMs: LASTING_MS }))).resolves.toBe('ok');
  });
});
