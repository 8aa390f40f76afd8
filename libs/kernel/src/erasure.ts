import type { Aggregate, Decision, Fact } from './aggregate';
import type { Clock } from './clock';
import { derivedId } from './ids';
import { platformScope, type Scope } from './viewer';

/** Removed or emptied documents by kind, such as `corp-app` or `delivery`. */
export type ErasureCounts = Readonly<Record<string, number>>;

/** One epoch of an authorization. It names no corp. */
export interface AuthorizationEpoch {
  readonly publisherId: string;
  readonly authorizationId: string;
  readonly suiteId: string;
  readonly epoch: number;
}

/** Stands where a cancelled epoch was: it keeps what comes late of it out, and says what was removed. */
export interface Tombstone extends Aggregate, AuthorizationEpoch {
  /** Null until something was looked for: no answer yet. */
  readonly counts: ErasureCounts | null;
}

/**
 * The tombstones of one service. What every implementation guarantees:
 * - State, version and facts are stored in one atomic write; the facts are published after it, at least once, in order.
 * - `createOnce` of what is there already changes nothing and answers what is stored, also when two create at once.
 * - `update` loads, decides and saves, again when another process was faster; null decision = nothing to do.
 */
export interface Tombstones {
  /** Whose they are, as the other services know it. */
  readonly service: string;
  byId(scope: Scope, id: string): Promise<Tombstone | null>;
  createOnce(next: Tombstone, facts: readonly Fact[]): Promise<Tombstone>;
  update(scope: Scope, id: string, decide: (current: Tombstone) => Decision<Tombstone> | null): Promise<Tombstone | null>;
  /** Whether this epoch or a later one of the authorization has its tombstone. */
  isErased(scope: Scope, authorizationId: string, epoch: number): Promise<boolean>;
}

/**
 * What `remove` counts.
 * IN_ALL: all that was ever removed of the epoch, found in what is left of it; a crash before the answer loses nothing.
 * PER_RUN: what this run removed; the tombstone adds it up.
 */
export type ErasureCounting = 'IN_ALL' | 'PER_RUN';

export interface ErasureOptions<E extends AuthorizationEpoch> {
  readonly tombstones: Tombstones;
  readonly clock: Clock;
  readonly counting: ErasureCounting;
  /**
   * Removes what the service keeps of the corp in this epoch. Safe to repeat.
   * @returns how much it was, with every kind that was looked for; null: this time nothing was looked for
   */
  remove(epoch: E, tombstone: Tombstone): Promise<ErasureCounts | null>;
}

export interface Erasure<E extends AuthorizationEpoch> {
  /** Tombstone first, then the removal, then the answer with the counts. Safe to repeat, also after a crash in between. */
  erase(epoch: E): Promise<void>;
  /** Does what would keep something of the corp, and leaves nothing of it when the epoch is erased by then. */
  unlessErased(epoch: E, write: () => Promise<void>): Promise<void>;
}

const SCOPE = platformScope('erase a cancelled corp');

const factOf = (service: string): Fact => ({ type: `${service}.corp-erased` });

export const tombstoneIdOf = (service: string, authorizationId: string, epoch: number): string =>
  derivedId('erasure', service, authorizationId, String(epoch));

const openTombstone = (
  service: string,
  { publisherId, authorizationId, suiteId, epoch }: AuthorizationEpoch,
  now: Date,
): Tombstone => ({
  id: tombstoneIdOf(service, authorizationId, epoch),
  publisherId,
  version: 0,
  createdAt: now,
  updatedAt: now,
  authorizationId,
  suiteId,
  epoch,
  counts: null,
});

const kindsOf = (...counts: readonly ErasureCounts[]): readonly string[] => [...new Set(counts.flatMap(Object.keys))];

const sumOf = (one: ErasureCounts, other: ErasureCounts): ErasureCounts =>
  Object.fromEntries(kindsOf(one, other).map((kind) => [kind, (one[kind] ?? 0) + (other[kind] ?? 0)]));

const isSame = (one: ErasureCounts, other: ErasureCounts): boolean =>
  kindsOf(one, other).every((kind) => (one[kind] ?? 0) === (other[kind] ?? 0));

/** The first answer is given also when there was nothing, because somebody waits for it. Null: answered already. */
const answerErasure = (
  tombstone: Tombstone,
  { service, counting, removed }: { readonly service: string; readonly counting: ErasureCounting; readonly removed: ErasureCounts },
  now: Date,
): Decision<Tombstone> | null => {
  const before = tombstone.counts;
  const counts = counting === 'PER_RUN' ? sumOf(before ?? {}, removed) : removed;
  return before !== null && isSame(before, counts)
    ? null
    : { next: { ...tombstone, counts, updatedAt: now }, facts: [factOf(service)] };
};

/** The one way in which a service erases the corp of a cancelled epoch, and lets nothing of it come back. ADR 0014. */
export const defineErasure = <E extends AuthorizationEpoch>({
  tombstones,
  clock,
  counting,
  remove,
}: ErasureOptions<E>): Erasure<E> => {
  const { service } = tombstones;

  const tombstoneOf = async (epoch: E): Promise<Tombstone> =>
    (await tombstones.byId(SCOPE, tombstoneIdOf(service, epoch.authorizationId, epoch.epoch))) ??
    // Without facts: what is announced is taken for the answer.
    tombstones.createOnce(openTombstone(service, epoch, clock.now()), []);

  const isErased = ({ authorizationId, epoch }: E): Promise<boolean> => tombstones.isErased(SCOPE, authorizationId, epoch);

  const erase = async (epoch: E): Promise<void> => {
    const tombstone = await tombstoneOf(epoch);
    const removed = await remove(epoch, tombstone);
    if (removed !== null) {
      await tombstones.update(SCOPE, tombstone.id, (current) =>
        answerErasure(current, { service, counting, removed }, clock.now()),
      );
    }
  };

  return {
    erase,
    unlessErased: async (epoch, write) => {
      if (await isErased(epoch)) {
        return;
      }
      await write();
      // An erasure that ran meanwhile may not have seen what was written.
      if (await isErased(epoch)) {
        await erase(epoch);
      }
    },
  };
};
