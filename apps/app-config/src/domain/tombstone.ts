import { derivedId, type Aggregate, type Decision } from '@daikaifa/kernel';

/**
 * Written before anything of a cancelled epoch is removed: it stops later events of it, and says what was removed.
 */
export interface Tombstone extends Aggregate {
  readonly authorizationId: string;
  readonly suiteId: string;
  readonly epoch: number;
  readonly counts: Readonly<Record<string, number>>;
}

export const tombstoneIdOf = (authorizationId: string, epoch: number): string =>
  derivedId('erasure', 'app-config', authorizationId, String(epoch));

const fact = { type: 'app-config.corp-erased' } as const;

export const createTombstone = (
  cancelled: Pick<Tombstone, 'publisherId' | 'authorizationId' | 'suiteId' | 'epoch'>,
  now: Date,
): Decision<Tombstone> => ({
  next: {
    ...cancelled,
    id: tombstoneIdOf(cancelled.authorizationId, cancelled.epoch),
    version: 0,
    createdAt: now,
    updatedAt: now,
    counts: {},
  },
  facts: [fact],
});

/** Null: they stand there already. */
export const recordCounts = (
  tombstone: Tombstone,
  counts: Tombstone['counts'],
  now: Date,
): Decision<Tombstone> | null =>
  JSON.stringify(counts) === JSON.stringify(tombstone.counts)
    ? null
    : { next: { ...tombstone, counts, updatedAt: now }, facts: [fact] };
