import { tenantScope, type Clock, type Scope } from '@daikaifa/kernel';
import type { AnswerableSet } from '../domain/may-call';
import type { KnownSets, PermissionSets } from './ports';

type Found = ReadonlyMap<string, AnswerableSet>;

/** A read of some sets; those of `next` go together when it has ended. */
interface Reading {
  readonly ids: ReadonlySet<string>;
  readonly beganMs: number;
  readonly found: Promise<Found>;
  next: { readonly ids: Set<string>; readonly found: Promise<Found> } | null;
}

interface Entry {
  readonly set: AnswerableSet;
  /** When the read began: what was written later may be missing. */
  readonly readBeganMs: number;
}

export interface KnownSetsOptions {
  readonly sets: Pick<PermissionSets, 'answerableByIds'>;
  readonly clock: Clock;
  /** No answer comes from an older read. */
  readonly maxAgeMs: number;
  /** Sets that are kept; the least recently asked for go first. */
  readonly capacity: number;
}

/** Read again in the background from this share of the age on, so that what is asked for often makes nobody wait. */
const REFRESH_SHARE = 0.5;
/** For this share what has to be read again is collected: one query instead of one per set. */
const COLLECT_SHARE = 0.05;

/** A read that fails is answered by the next question that needs it. */
const ignore = (): void => undefined;

/**
 * Sets in the memory of this process, read through and kept fresh. A set that does not exist is not remembered: it may
 * be made at any moment. Only what was read within the caller's own tenants is ever answered.
 */
export const createKnownSets = ({ sets, clock, maxAgeMs, capacity }: KnownSetsOptions): KnownSets => {
  const entries = new Map<string, Entry>();
  /** By tenants. */
  const reading = new Map<string, Reading>();
  /** Tenant by id of what is to be read again. */
  const collected = new Map<string, string>();

  const keep = (set: AnswerableSet, readBeganMs: number): void => {
    const known = entries.get(set.id);
    if (known !== undefined && known.readBeganMs > readBeganMs) {
      return;
    }
    entries.delete(set.id);
    entries.set(set.id, { set, readBeganMs });
    const [oldest] = entries.keys();
    if (entries.size > capacity && oldest !== undefined) {
      entries.delete(oldest);
    }
  };

  const readNow = async (scope: Scope, ids: readonly string[], readBeganMs: number): Promise<Found> => {
    const found = await sets.answerableByIds(scope, ids);
    for (const set of found.values()) {
      keep(set, readBeganMs);
    }
    return found;
  };

  const begin = (key: string, scope: Scope, ids: ReadonlySet<string>): Promise<Found> => {
    const beganMs = clock.now().getTime();
    const found = readNow(scope, [...ids], beganMs);
    const own: Reading = { ids, beganMs, found, next: null };
    reading.set(key, own);
    found.catch(ignore).finally(() => {
      if (own.next === null) {
        reading.delete(key);
      }
    });
    return found;
  };

  /** One read at a time for the same tenants: many unknown sets at once are two queries, not one each. */
  const read = (scope: Scope, ids: readonly string[]): Promise<Found> => {
    const key = JSON.stringify(scope);
    const running = reading.get(key);
    if (running === undefined) {
      return begin(key, scope, new Set(ids));
    }
    // One that hangs has read what is too old by now.
    const isYoung = clock.now().getTime() - running.beganMs <= maxAgeMs;
    if (isYoung && ids.every((id) => running.ids.has(id))) {
      return running.found;
    }
    if (running.next === null) {
      const together = new Set<string>();
      running.next = { ids: together, found: running.found.catch(ignore).then(() => begin(key, scope, together)) };
    }
    ids.forEach((id) => running.next!.ids.add(id));
    return running.next.found;
  };

  const refreshCollected = (): void => {
    const [ids, publisherIds] = [[...collected.keys()], new Set(collected.values())];
    collected.clear();
    read(tenantScope(...publisherIds), ids).catch(ignore);
  };

  const refreshSoon = ({ id, publisherId }: AnswerableSet): void => {
    if (collected.size === 0) {
      setTimeout(refreshCollected, maxAgeMs * COLLECT_SHARE).unref();
    }
    collected.set(id, publisherId);
  };

  const isIn = (scope: Scope, { publisherId }: AnswerableSet): boolean =>
    scope.kind === 'platform' || scope.publisherIds.includes(publisherId);

  /** The fresh entry; used, it becomes the most recently asked for. */
  const fresh = (id: string, nowMs: number): AnswerableSet | null => {
    const entry = entries.get(id);
    if (entry === undefined || nowMs - entry.readBeganMs > maxAgeMs) {
      return null;
    }
    entries.delete(id);
    entries.set(id, entry);
    if (nowMs - entry.readBeganMs > maxAgeMs * REFRESH_SHARE) {
      refreshSoon(entry.set);
    }
    return entry.set;
  };

  return {
    find: async (scope, ids) => {
      const nowMs = clock.now().getTime();
      const known = ids.map((id) => fresh(id, nowMs)).filter((set) => set !== null);
      const knownIds = new Set(known.map(({ id }) => id));
      const missing = ids.filter((id) => !knownIds.has(id));
      const found = missing.length === 0 ? [] : [...(await read(scope, missing)).values()];
      return new Map([...known.filter((set) => isIn(scope, set)), ...found].map((set) => [set.id, set]));
    },
  };
};
