import type { Clock, Decision, Fact, Scope, Tombstones } from '@daikaifa/kernel';
import type { AnswerableSet } from '../domain/may-call';
import type { PermissionSet } from '../domain/permission-set';

/**
 * Aggregates of one kind. What every implementation guarantees:
 * - `create` and `save` store state, version and facts in one atomic write; the facts are published after it, at
 *   least once, in order.
 * - `create` of what is there already changes nothing and returns what is stored, also when two create at once.
 * - `save` stores only over `expectedVersion`, otherwise CONFLICT.
 * - `update` loads, decides and saves, again when another process was faster; null decision = nothing to do.
 * - Nothing outside the scope is read or written.
 */
interface Aggregates<A> {
  byId(scope: Scope, id: string): Promise<A | null>;
  create(next: A, facts: readonly Fact[]): Promise<A>;
  update(scope: Scope, id: string, decide: (current: A) => Decision<A> | null): Promise<A | null>;
}

export interface PermissionSets extends Aggregates<PermissionSet> {
  byIds(scope: Scope, ids: readonly string[]): Promise<ReadonlyMap<string, PermissionSet>>;
  save(next: PermissionSet, expectedVersion: number, facts: readonly Fact[]): Promise<PermissionSet>;
  /** Only what decides about calls: requests and log are not read. */
  answerableByIds(scope: Scope, ids: readonly string[]): Promise<ReadonlyMap<string, AnswerableSet>>;
  /** Ids of sets whose open request has to be reminded of, the longest due first, at most `limit`. */
  findReminderDue(scope: Scope, now: Date, limit: number): Promise<readonly string[]>;
  /** Ids of sets of which something has come to its end, the longest due first, at most `limit`. */
  findExpiryDue(scope: Scope, now: Date, limit: number): Promise<readonly string[]>;
}

/** Sets as they were read within the last `maxAgeMs`, never older when the question is taken up. */
export interface KnownSets {
  /**
   * What does not exist, or is not in scope, is missing from the map.
   * @throws AppError UNAVAILABLE while the database does not answer and what is known is too old
   */
  find(scope: Scope, ids: readonly string[]): Promise<ReadonlyMap<string, AnswerableSet>>;
}

/** Everything that use cases work with; each names the part it needs. */
export interface Dependencies {
  readonly sets: PermissionSets;
  readonly tombstones: Tombstones;
  readonly knownSets: KnownSets;
  readonly remindAfterMs: number;
  readonly clock: Clock;
  readonly newId: () => string;
  /** Stable for equal input. */
  readonly fingerprint: (input: unknown) => string;
}
