import { setTimeout as pause } from 'node:timers/promises';
import { AppError, platformScope, text } from '@daikaifa/kernel';
import { isEndpointId, type Endpoint } from '../domain/endpoint';
import type { ExpectedIds } from '../domain/receive-id';
import type { Dependencies, PairCipher } from './ports';
import { within } from './within';

export type PairSlot = 'CURRENT' | 'NEXT' | 'PREVIOUS';

export interface LivePair {
  readonly pairId: string;
  readonly slot: PairSlot;
  /** Of a previous pair. */
  readonly acceptedUntil: Date | null;
  readonly cipher: PairCipher;
}

/** Everything that the ingress needs of an endpoint, ready to use. */
export interface LiveEndpoint extends ExpectedIds {
  readonly id: string;
  readonly publisherId: string;
  readonly templateId: string;
  readonly closed: boolean;
  /** Whether WeCom has proved that it holds the current pair. */
  readonly verified: boolean;
  readonly pairs: readonly LivePair[];
}

/**
 * Endpoints in memory, so that a request needs no database. What is known is used at once and read again in the
 * background when it is old; when it does not fit a request (a signature, a suite id), the request waits for data that
 * were read after its arrival, so that a change in another process is seen at once.
 */
export interface LiveEndpoints {
  /** @throws AppError UNAVAILABLE when nothing is known and the database does not answer */
  find(id: string): Promise<LiveEndpoint | null>;
  /**
   * As it is in the database not earlier than `since`; as it was known, when the database does not answer.
   * @param since of `performance.now()`
   */
  reread(id: string, since: number): Promise<LiveEndpoint | null>;
  /** This process has changed it: the next request waits for the new state. */
  forget(id: string): void;
  forgetPublisher(publisherId: string): void;
  /** Reads the endpoints that are open, so that a later outage of the database does not matter for them. */
  warm(limit: number): Promise<void>;
}

const FRESH_MS = 15_000;
const UNKNOWN_FRESH_MS = 2_000;
/** Between two reads of one endpoint, whatever is thrown at it. */
const REREAD_GAP_MS = 50;
/** Ids without an endpoint that are remembered; endpoints themselves are all kept. */
const MAX_UNKNOWN = 1_000;
/** Reads of ids that are not in memory: somebody may be guessing. */
const UNKNOWN_READS_PER_SEC = 100;

interface Entry {
  value: LiveEndpoint | null;
  /** Start of the read that gave `value`; 0: there is no value yet. */
  readAt: number;
  startedAt: number;
  forgottenAt: number;
  loading: Promise<LiveEndpoint | null> | null;
  queued: Promise<LiveEndpoint | null> | null;
}

const emptyEntry = (): Entry => ({ value: null, readAt: 0, startedAt: 0, forgottenAt: 0, loading: null, queued: null });

const unavailable = (): AppError =>
  new AppError('UNAVAILABLE', text('暂时无法读取回调端点', 'The endpoint cannot be read at the moment'));

export const createLiveEndpoints = (
  deps: Pick<Dependencies, 'endpoints' | 'directory' | 'vault' | 'limits'>,
): LiveEndpoints => {
  const entries = new Map<string, Entry>();
  const unknownIds = new Set<string>();
  const scope = platformScope('receive callbacks');
  let readsInSecond = { second: 0, count: 0 };

  const liveOf = async (endpoint: Endpoint): Promise<LiveEndpoint> => {
    const { id, publisherId, subject, current, next, previous } = endpoint;
    const pairs = [
      { pair: current, slot: 'CURRENT', acceptedUntil: null },
      { pair: next, slot: 'NEXT', acceptedUntil: null },
      { pair: previous, slot: 'PREVIOUS', acceptedUntil: previous?.acceptedUntil ?? null },
    ] as const;
    return {
      ...(await deps.directory.find(publisherId, subject.id)),
      id,
      publisherId,
      templateId: subject.id,
      closed: endpoint.closedAt !== null,
      verified: endpoint.verifiedAt !== null,
      pairs: pairs.flatMap(({ pair, slot, acceptedUntil }) =>
        pair === null ? [] : [{ pairId: pair.id, slot, acceptedUntil, cipher: deps.vault.cipher(id, pair) }],
      ),
    };
  };

  const read = async (id: string): Promise<LiveEndpoint | null> => {
    const endpoint = await deps.endpoints.byId(scope, id);
    return endpoint === null ? null : liveOf(endpoint);
  };

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

  const load = (id: string, entry: Entry): Promise<LiveEndpoint | null> => {
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
    return readsInSecond.count <= UNKNOWN_READS_PER_SEC;
  };

  const entryOf = (id: string): Entry => {
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

  const later = async (id: string, entry: Entry): Promise<LiveEndpoint | null> => {
    await pause(Math.max(0, entry.startedAt + REREAD_GAP_MS - performance.now()));
    entry.queued = null;
    return load(id, entry);
  };

  const reread = async (id: string, entry: Entry, since: number, limitMs: number): Promise<LiveEndpoint | null> => {
    if (entry.readAt >= since) {
      return entry.value;
    }
    // One read answers all requests that were there when it began.
    const reading =
      entry.loading !== null && entry.startedAt >= since ? entry.loading : (entry.queued ??= later(id, entry));
    return within(limitMs, reading).catch(() => entry.value);
  };

  const firstRead = async (id: string, entry: Entry): Promise<LiveEndpoint | null> => {
    try {
      return await within(deps.limits.rereadMs, entry.loading ?? load(id, entry));
    } catch {
      throw unavailable();
    }
  };

  const find = async (id: string): Promise<LiveEndpoint | null> => {
    if (!isEndpointId(id)) {
      return null;
    }
    const entry = entryOf(id);
    if (entry.readAt === 0) {
      return firstRead(id, entry);
    }
    if (entry.readAt < entry.forgottenAt) {
      return reread(id, entry, entry.forgottenAt, deps.limits.lookUpMs);
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
      return entry === undefined ? find(id) : reread(id, entry, since, deps.limits.rereadMs);
    },
    forget: (id) => {
      const entry = entries.get(id);
      if (entry !== undefined) {
        entry.forgottenAt = performance.now();
      }
    },
    forgetPublisher: (publisherId) => {
      for (const entry of entries.values()) {
        if (entry.value?.publisherId === publisherId) {
          entry.forgottenAt = performance.now();
        }
      }
    },
    warm: async (limit) => {
      const readAt = performance.now();
      const open = await deps.endpoints.byIds(scope, await deps.endpoints.openIds(scope, limit));
      for (const [id, endpoint] of open) {
        const value = await liveOf(endpoint);
        if (!entries.has(id)) {
          entries.set(id, { ...emptyEntry(), value, readAt, startedAt: readAt });
        }
      }
    },
  };
};
