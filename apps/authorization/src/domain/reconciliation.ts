import type { Aggregate, Decision } from '@daikaifa/kernel';

/** Reads of one batch are spread over this time: WeCom limits calls, and a reconciliation is never in a hurry. */
const SPREAD_MS = 20_000;

/** Somebody wants to know whether what is stored of a template's corps is true: all of them are read again. */
export interface Reconciliation extends Aggregate {
  readonly templateId: string;
  readonly requestedBy: string;
  /** Authorizations that were planned so far. */
  readonly planned: number;
  /** The last one that was planned: planning goes on behind it. */
  readonly afterId: string;
  /** When the next batch is planned; null when all are. */
  readonly nextAttemptAt: Date | null;
}

export const startReconciliation = (
  command: Pick<Reconciliation, 'id' | 'publisherId' | 'templateId' | 'requestedBy'>,
  now: Date,
): Reconciliation => ({
  ...command,
  version: 0,
  createdAt: now,
  updatedAt: now,
  planned: 0,
  afterId: '',
  nextAttemptAt: now,
});

/** When the one at this place of a batch is read. */
export const readAtPlace = (place: number, batchSize: number, now: Date): Date =>
  new Date(now.getTime() + Math.floor((place * SPREAD_MS) / batchSize));

/** @param ids what was planned; fewer than a batch: there are no more */
export const batchPlanned = (
  reconciliation: Reconciliation,
  ids: readonly string[],
  batchSize: number,
  now: Date,
): Decision<Reconciliation> => ({
  next: {
    ...reconciliation,
    planned: reconciliation.planned + ids.length,
    afterId: ids.at(-1) ?? reconciliation.afterId,
    nextAttemptAt: ids.length < batchSize ? null : new Date(now.getTime() + SPREAD_MS),
    updatedAt: now,
  },
  facts: [],
});
