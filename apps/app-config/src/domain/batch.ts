import { transition, type Aggregate, type Decision, type TransitionTable, type Violation } from '@daikaifa/kernel';

/** How many apps one submission may name. */
export const BATCH_LIMITS = { min: 1, max: 100 } as const;

/** RESERVING: apps are being held. COMMITTED: all are held and will be submitted. RELEASING: given up. */
export const BATCH_STATES = ['RESERVING', 'COMMITTED', 'DONE', 'RELEASING', 'RELEASED'] as const;
export type BatchState = (typeof BATCH_STATES)[number];
export type BatchAction = 'commit' | 'release' | 'finish';

export const BATCH_TABLE = {
  RESERVING: { commit: 'COMMITTED', release: 'RELEASING' },
  COMMITTED: { finish: 'DONE' },
  DONE: {},
  RELEASING: { finish: 'RELEASED' },
  RELEASED: {},
} as const satisfies TransitionTable<BatchState, BatchAction>;

/** Work that a crash may have left undone. */
export const UNFINISHED_STATES: readonly BatchState[] = ['RESERVING', 'COMMITTED', 'RELEASING'];

/**
 * Apps of one template that are submitted together. It spans documents, so it is a record of its own: the one write
 * that makes it COMMITTED decides for all of them, and whoever finds it later goes on from its state.
 */
export interface SubmissionBatch extends Aggregate {
  readonly templateId: string;
  readonly corpAppIds: readonly string[];
  readonly submittedBy: string;
  readonly state: BatchState;
  readonly warnings: readonly Violation[];
}

export const createBatch = (
  command: Pick<SubmissionBatch, 'id' | 'publisherId' | 'templateId' | 'corpAppIds' | 'submittedBy' | 'warnings'>,
  now: Date,
): SubmissionBatch => ({ ...command, version: 0, createdAt: now, updatedAt: now, state: 'RESERVING' });

/** Null: the batch takes no such step; another process was faster. */
export const advanceBatch = (
  batch: SubmissionBatch,
  action: BatchAction,
  now: Date,
): Decision<SubmissionBatch> | null => {
  const state = transition<BatchState, BatchAction>(BATCH_TABLE, batch.state, action);
  return state === undefined ? null : { next: { ...batch, state, updatedAt: now }, facts: [] };
};
