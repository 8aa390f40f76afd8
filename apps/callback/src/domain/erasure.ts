import { derivedId, type Aggregate, type Decision, type Fact } from '@daikaifa/kernel';

/** Removed documents by kind. */
export type ErasureCounts = Readonly<Record<string, number>>;

/** Tombstone of one cancelled authorization: what was removed. It names no corp. */
export interface Erasure extends Aggregate {
  readonly authorizationId: string;
  readonly suiteId: string;
  readonly epoch: number;
  readonly erasedAt: Date;
  readonly counts: ErasureCounts;
}

/** One cancelled epoch of an authorization, as everything that removes something needs it. */
export interface CancelledCorp {
  readonly publisherId: string;
  readonly authorizationId: string;
  readonly templateId: string;
  readonly suiteId: string;
  /** The corp id itself is gone: what belongs to a corp is found by `corpKeyOf`. */
  readonly corpKey: string;
  readonly epoch: number;
  /** Of that epoch. */
  readonly corpAppId: string;
  readonly cancelledAt: Date;
}

export const CORP_ERASED = 'callback.corp-erased';

export interface ErasureFact extends Fact {
  readonly type: typeof CORP_ERASED;
}

export const erasureIdOf = (authorizationId: string, epoch: number): string =>
  derivedId('erasure', 'callback', authorizationId, String(epoch));

const erased: readonly ErasureFact[] = [{ type: CORP_ERASED }];

export const beginErasure = (corp: CancelledCorp, now: Date): { next: Erasure; facts: readonly ErasureFact[] } => ({
  next: {
    id: erasureIdOf(corp.authorizationId, corp.epoch),
    publisherId: corp.publisherId,
    version: 1,
    createdAt: now,
    updatedAt: now,
    authorizationId: corp.authorizationId,
    suiteId: corp.suiteId,
    epoch: corp.epoch,
    erasedAt: now,
    counts: {},
  },
  // Announced with its counts, once something was looked for.
  facts: [],
});

/**
 * Adds what one run removed. The first run is announced also when there was nothing, because somebody waits for it.
 * Null: a later run found nothing more.
 */
export const addCounts = (erasure: Erasure, removed: ErasureCounts, now: Date): Decision<Erasure> | null => {
  const isFirst = Object.keys(erasure.counts).length === 0;
  if (!isFirst && Object.values(removed).every((count) => count === 0)) {
    return null;
  }
  const kinds = [...new Set([...Object.keys(erasure.counts), ...Object.keys(removed)])];
  const counts = Object.fromEntries(kinds.map((kind) => [kind, (erasure.counts[kind] ?? 0) + (removed[kind] ?? 0)]));
  return { next: { ...erasure, counts, updatedAt: now }, facts: erased };
};
