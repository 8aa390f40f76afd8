import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { AppError } from '@daikaifa/kernel';
import type { RedisConnection } from './connect-redis';

export interface LockOptions {
  /** How long the lock of a holder that has died stays; one that lives renews it for as long as it works. */
  readonly ttlMs: number;
  /** How long to wait for another holder before giving up with UNAVAILABLE. */
  readonly waitMs: number;
}

export interface Lock {
  /**
   * Runs `fn` while no other process of the cluster holds the lock of this name. Only a process that stands still, or is
   * cut off from Redis, for longer than the time to live can meet another one; so can any when Redis forgets the lock.
   * `fence` rises with every holder: a write that carries it can be refused when a later holder has written.
   * @throws AppError UNAVAILABLE when the lock was not free in time
   */
  withLock<T>(name: string, options: LockOptions, fn: (fence: number) => Promise<T>): Promise<T>;
}

const TAKE = `
if redis.call('set', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then
  return redis.call('incr', KEYS[2])
end
return 0`;

const RELEASE = `
if redis.call('get', KEYS[1]) == ARGV[1] then
  return redis.call('del', KEYS[1])
end
return 0`;

/** Also of a holder that came too late, as long as nobody else has had the lock since. */
const RENEW = `
local holder = redis.call('get', KEYS[1])
if holder == ARGV[1] or (not holder and redis.call('get', KEYS[2]) == ARGV[3]) then
  redis.call('set', KEYS[1], ARGV[1], 'PX', ARGV[2])
  return 1
end
return 0`;

/** Two renewals may fail or come late. */
const RENEWALS_PER_TTL = 3;

const FIRST_PAUSE_MS = 10;
const LONGEST_PAUSE_MS = 200;

export const createLock = ({ client }: RedisConnection): Lock => {
  const take = async (name: string, owner: string, { ttlMs, waitMs }: LockOptions): Promise<number> => {
    const deadline = Date.now() + waitMs;
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
      const fence = Number(await client.eval(TAKE, 2, `lock:${name}`, `fence:${name}`, owner, ttlMs));
      if (fence > 0) {
        return fence;
      }
      if (Date.now() >= deadline) {
        throw new AppError('UNAVAILABLE', { zh: '资源正被占用，请稍后再试', en: 'The resource is held by another process' }, { details: { lock: name } });
      }
      await pause(pauseMs * (0.5 + Math.random() / 2));
    }
  };

  const renewing = (name: string, owner: string, fence: number, ttlMs: number): (() => void) => {
    const timer = setInterval(
      // A lost renewal only shortens the time to live.
      () => void client.eval(RENEW, 2, `lock:${name}`, `fence:${name}`, owner, ttlMs, fence).catch(() => undefined),
      ttlMs / RENEWALS_PER_TTL,
    );
    timer.unref();
    return () => clearInterval(timer);
  };

  return {
    withLock: async (name, options, fn) => {
      const owner = randomUUID();
      const fence = await take(name, owner, options);
      const stopRenewing = renewing(name, owner, fence, options.ttlMs);
      try {
        return await fn(fence);
      } finally {
        stopRenewing();
        // A lost release only costs the time to live.
        await client.eval(RELEASE, 1, `lock:${name}`, owner).catch(() => undefined);
      }
    },
  };
};
