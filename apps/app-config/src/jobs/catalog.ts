import { sweepJob, type JobCatalog } from '@daikaifa/jobs';

/** @param sweepEveryMs how often batches that a crash left behind are looked for */
export const createJobCatalog = (sweepEveryMs: number) =>
  ({
    /** Finishes what was committed, gives up what was not. */
    'sweep-batches': sweepJob(sweepEveryMs),
  }) satisfies JobCatalog;

export type AppConfigJobs = ReturnType<typeof createJobCatalog>;
