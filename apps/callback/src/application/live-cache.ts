import { setTimeout as pause } from 'node:timers/promises';
import { AppError, text } from '@daikaifa/kernel';
import type { Dependencies } from './ports';
import { within } from './within';

/**
 * What the ingress knows, in memory, so that a request needs no database. What is known is used at once and read again
 * in the background when it is old; when it does not fit a request (a signature, a suite id, a corp), the request waits
 * for data that were read after its arrival, so that a change in another process is seen at once.
 */
export interface LiveCache<T> {
  /** @throws AppError UNAVAILABLE when nothing is known and the database does not answer */
  find(id: string): Promise<T | null>;
  /**
   * As it is in the database not earlier than `since`; as it was known, when the database does not answer.
   * @param since of `performance.now()`
   */
  reread(id: string, since: number): Promise<T | null>;
  /** This process has changed it: the next request waits for the new state. */
  forget(id: string): void;
  forgetAll(is: (value: T) => boolean): void;
  /** What was read together with others; nothing that is known already. */
  put(id: string, value: T, readAt: number): void;
}

const FRESH_MS = 15_000;
const UNKNOWN_FRESH_MS = 2_000;
/** Between two reads of one id, whatever is thrown at it. */
const REREAD_GAP_MS = 50;
/** Ids of nothing that are remembered; what there is is all kept. */
const MAX_UNKNOWN = 1_000;

interface Entry<T> {
  value: T | null;
  /** Start of the read that gave `value`; 0: there is no value yet. */
  readAt: number;
  startedAt: number;
  forgottenAt: number;
  loading: Promise<T | null> | null;
  queued: Promise<T | null> | null;
}

const unavailable = (): AppError =>
  new AppError('UNAVAILABLE', text('暂时无法读取回调端点或企业授权', 'The endpoint or the corp cannot be read at the moment'));

export const createLiveCache = <T>(options: {
  readonly read: (id: string) => Promise<T | null>;
  readonly limits: Pick<Dependencies['limits'], 'lookUpMs' | 'rereadMs'>;
  /** Reads of ids that are not in memory, where somebody may be guessing. */
  readonly unknownReadsPerSec: number;
}): LiveCache<T> => {
  const { read, limits, unknownReadsPerSec } = options;
  const entries = new Map<string, Entry<T>>();
  const unknownIds = new Set<string>();
  let readsInSecond = { second: 0, count: 0 };

  const emptyEntry = (): Entry<T> => ({ value: null, readAt: 0, startedAt: 0, forgottenAt: 0, loading: null, queued: null });

  const noteUnknown = (id: string, isUnknown: boolean): void => {
    unknownIds.delete(id);
    if (isUnknown) {
      unknownIds.add(id);
    }
    const [oldest] = unknownIds;
    if (unknownIds.size > MAX_UNKNOWN && oldest !== undefined) {
      unknownIds.delete(oldest);
      entries.delete(oldest);
    }
  };

  const load = (id: string, entry: Entry<T>): Promise<T | null> => {
    const startedAt = performance.now();
    entry.startedAt = startedAt;
    const loading = read(id)
      .then((value) => {
        if (startedAt >= entry.readAt) {
          entry.value = value;
          entry.readAt = startedAt;
          noteUnknown(id, value === null);
        }
        return value;
      })
      .catch((error: unknown) => {
        // What was known goes on being used; where nothing was, the next request tries again.
        if (entry.readAt === 0) {
          entries.delete(id);
        }
        throw error;
      })
      .finally(() => {
        entry.loading = entry.loading === loading ? null : entry.loading;
      });
    entry.loading = loading;
    loading.catch(() => undefined);
    return loading;
  };

  const mayReadUnknown = (): boolean => {
    const second = Math.floor(Date.now() / 1_000);
    readsInSecond = readsInSecond.second === second ? readsInSecond : { second, count: 0 };
    readsInSecond.count += 1;
    return readsInSecond.count <= unknownReadsPerSec;
  };

  const entryOf = (id: string): Entry<T> => {
    const known = entries.get(id);
    if (known !== undefined) {
      return known;
    }
    if (!mayReadUnknown()) {
      throw unavailable();
    }
    const entry = emptyEntry();
    entries.set(id, entry);
    return entry;
  };

  const later = async (id: string, entry: Entry<T>): Promise<T | null> => {
    await pause(Math.max(0, entry.startedAt + REREAD_GAP_MS - performance.now()));
    entry.queued = null;
    return load(id, entry);
  };

  const reread = async (id: string, entry: Entry<T>, since: number, limitMs: number): Promise<T | null> => {
    if (entry.readAt >= since) {
      return entry.value;
    }
    // One read answers all requests that were there when it began.
    const reading =
      entry.loading !== null && entry.startedAt >= since ? entry.loading : (entry.queued ??= later(id, entry));
    return within(limitMs, reading).catch(() => entry.value);
  };

  const firstRead = async (id: string, entry: Entry<T>): Promise<T | null> => {
    try {
      return await within(limits.rereadMs, entry.loading ?? load(id, entry));
    } catch {
      throw unavailable();
    }
  };

  const find = async (id: string): Promise<T | null> => {
    const entry = entryOf(id);
    if (entry.readAt === 0) {
      return firstRead(id, entry);
    }
    if (entry.readAt < entry.forgottenAt) {
      return reread(id, entry, entry.forgottenAt, limits.lookUpMs);
    }
    const ageMs = performance.now() - entry.readAt;
    if (entry.value === null) {
      return ageMs > UNKNOWN_FRESH_MS ? firstRead(id, entry) : null;
    }
    if (ageMs > FRESH_MS && entry.loading === null) {
      void load(id, entry).catch(() => undefined);
    }
    return entry.value;
  };

  return {
    find,
    reread: async (id, since) => {
      const entry = entries.get(id);
      return entry === undefined ? find(id) : reread(id, entry, since, limits.rereadMs);
    },
    forget: (id) => {
      const entry = entries.get(id);
      if (entry !== undefined) {
        entry.forgottenAt = performance.now();
      }
    },
    forgetAll: (is) => {
      for (const entry of entries.values()) {
        if (entry.value !== null && is(entry.value)) {
          entry.forgottenAt = performance.now();
        }
      }
    },
    put: (id, value, readAt) => {
      if (!entries.has(id)) {
        entries.set(id, { ...emptyEntry(), value, readAt, startedAt: readAt });
      }
    },
  };
};
