import { sweepJob, type JobCatalog } from '@daikaifa/jobs';

/** @param sweepEveryMs how often what is due is looked for */
export const createJobCatalog = (sweepEveryMs: number) =>
  ({
    /** Marks requests that nobody has answered for long. */
    'mark-stale': sweepJob(sweepEveryMs),
    /** Takes away what has come to its end: the record is the date in each set. */
    'expire-permissions': sweepJob(sweepEveryMs),
  }) satisfies JobCatalog;

export type PermissionJobs = ReturnType<typeof createJobCatalog>;
