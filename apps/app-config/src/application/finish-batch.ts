import { conflict, platformScope, text, workThrough } from '@daikaifa/kernel';
import { advanceBatch, UNFINISHED_STATES, type SubmissionBatch } from '../domain/batch';
import { releaseReservation, submitReserved } from '../domain/submit.decide';
import type { Dependencies } from './ports';

type ForBatch = Pick<Dependencies, 'corpApps' | 'batches' | 'clock'>;

const scope = platformScope('submit the batch');
const MAX_PER_SWEEP = 100;

const finish = async ({ batches, clock }: ForBatch, batch: SubmissionBatch): Promise<void> => {
  await batches.update(scope, batch.id, (current) => advanceBatch(current, 'finish', clock.now()));
};

/**
 * The one write that decides for all apps of the batch.
 * @throws AppError CONFLICT when the sweep took the batch for left behind
 */
export const commitBatch = async ({ batches, clock }: ForBatch, batch: SubmissionBatch): Promise<SubmissionBatch> => {
  const committed = await batches.update(scope, batch.id, (current) => advanceBatch(current, 'commit', clock.now()));
  if (committed?.state !== 'COMMITTED') {
    throw conflict(text('提交超时，整批未提交', 'The submission took too long; nothing was submitted'), { batchId: batch.id });
  }
  return committed;
};

/** From COMMITTED on nothing can refuse: each app is submitted, but for those whose corp has cancelled meanwhile. */
export const submitBatch = async (deps: ForBatch, batch: SubmissionBatch): Promise<void> => {
  for (const id of batch.corpAppIds) {
    await deps.corpApps.update(scope, id, (app) => submitReserved(app, batch.id, deps.clock.now()));
  }
  await finish(deps, batch);
};

const releaseApps = async (deps: ForBatch, batch: SubmissionBatch): Promise<void> => {
  for (const id of batch.corpAppIds) {
    await deps.corpApps.update(scope, id, (app) => releaseReservation(app, batch.id, deps.clock.now()));
  }
  await finish(deps, batch);
};

/** Gives the batch up, unless it was committed meanwhile; what was held since it was given up is released as well. */
export const abandonBatch = async (deps: ForBatch, batch: SubmissionBatch): Promise<void> => {
  const given = await deps.batches.update(scope, batch.id, (current) => advanceBatch(current, 'release', deps.clock.now()));
  if (given?.state === 'RELEASING' || given?.state === 'RELEASED') {
    await releaseApps(deps, given);
  }
};

const resume = (deps: ForBatch, batch: SubmissionBatch): Promise<void> => {
  switch (batch.state) {
    case 'COMMITTED':
      return submitBatch(deps, batch);
    case 'RELEASING':
      return releaseApps(deps, batch);
    default:
      return abandonBatch(deps, batch);
  }
};

/**
 * What a crash has left behind: a batch that was committed is finished, one that was not is given up. One that fails
 * holds up no other.
 * @returns how many were found
 * @throws AggregateError of everything that failed; those are found again
 */
export const sweepBatches = (deps: ForBatch & Pick<Dependencies, 'limits'>) => async (): Promise<number> => {
  const before = new Date(deps.clock.now().getTime() - deps.limits.batchStuckAfterMs);
  const stuck = await deps.batches.findStuck(scope, UNFINISHED_STATES, before, MAX_PER_SWEEP);
  return workThrough(stuck, 'batches could be neither finished nor given up', (batch) => resume(deps, batch));
};
