import { sweepJob, type JobCatalog } from '@daikaifa/jobs';
import { z } from 'zod';

const MINUTE_MS = 60_000;

/** @param sweepEveryMs how often what is due is looked for */
export const createJobCatalog = (sweepEveryMs: number) =>
  ({
    /** The automatic checks of one item. Woken when it is opened and, while it is due, by the sweep. */
    precheck: {
      schema: z.object({ itemId: z.string() }),
      attempts: 6,
      backoffMs: 500,
      timeoutMs: MINUTE_MS,
      concurrency: 4,
      key: ({ itemId }: { readonly itemId: string }) => itemId,
    },
    /** Wakes the prechecks that are due. */
    'wake-prechecks': sweepJob(sweepEveryMs),
    /** A launch whose signal is due. Woken by the launch for that time; a lost one is made up for by `time-out-launches`. */
    'launch-timeout': {
      schema: z.object({ itemId: z.string() }),
      attempts: 3,
      backoffMs: 1_000,
      timeoutMs: MINUTE_MS,
      concurrency: 2,
      key: ({ itemId }: { readonly itemId: string }) => itemId,
    },
    /** Hands the launches to a person whose signal did not come. */
    'time-out-launches': sweepJob(sweepEveryMs),
    /** Reminders before, and notices after, the due dates of verdicts. */
    'announce-due': sweepJob(sweepEveryMs),
  }) satisfies JobCatalog;

export type ReviewJobs = ReturnType<typeof createJobCatalog>;
