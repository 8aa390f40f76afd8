import type { RedisConnection } from './connect-redis';
import type { Lock, LockOptions } from './lock';

export interface FetchedValue {
  /** As it is stored: the caller seals secrets before they come here. */
  readonly stored: string;
  /** How long it may be used. */
  readonly ttlMs: number;
}

export interface SharedValues {
  /**
   * The value of this name, fetched by exactly one process of the cluster when there is none.
   * @param rejected the stored value that turned out not to work: fetched again only while it is still the stored one
   */
  get(name: string, fetch: () => Promise<FetchedValue>, rejected?: string): Promise<string>;
  forget(name: string): Promise<void>;
}

/** A cache with single flight in the process and one fetch per value in the whole cluster. */
export const createSharedValues = ({ client }: RedisConnection, lock: Lock, limits: LockOptions): SharedValues => {
  const inFlight = new Map<string, Promise<string>>();

  const usable = async (name: string, rejected: string | undefined): Promise<string | null> => {
    const stored = await client.get(`value:${name}`);
    return stored === rejected ? null : stored;
  };

  const fetchOnce = async (
    name: string,
    fetch: () => Promise<FetchedValue>,
    rejected: string | undefined,
  ): Promise<string> =>
    (await usable(name, rejected)) ??
    lock.withLock(`value:${name}`, limits, async () => {
      const ready = await usable(name, rejected);
      if (ready !== null) {
        return ready;
      }
      const { stored, ttlMs } = await fetch();
      if (ttlMs > 0) {
        await client.set(`value:${name}`, stored, 'PX', Math.floor(ttlMs));
      }
      return stored;
    });

  return {
    get: (name, fetch, rejected) => {
      const flight = `${name}\n${rejected ?? ''}`;
      const running = inFlight.get(flight);
      if (running !== undefined) {
        return running;
      }
      const started = fetchOnce(name, fetch, rejected).finally(() => inFlight.delete(flight));
      inFlight.set(flight, started);
      return started;
    },
    forget: async (name) => {
      await client.del(`value:${name}`);
    },
  };
};
