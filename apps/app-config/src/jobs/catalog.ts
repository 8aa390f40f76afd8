import type { JobCatalog } from '@daikaifa/jobs';
import { z } from 'zod';

const MINUTE_MS = 60_000;

/** @param sweepEveryMs how often batches that a crash left behind are looked for */
export const createJobCatalog = (sweepEveryMs: number) =>
  ({
    /** Finishes what was committed, gives up what was not. */
    'sweep-batches': {
      schema: z.object({}),
      attempts: 1,
      backoffMs: 1_000,
      timeoutMs: MINUTE_MS,
      concurrency: 1,
      key: () => 'all',
      everyMs: sweepEveryMs,
    },
  }) satisfies JobCatalog;

export type AppConfigJobs = ReturnType<typeof createJobCatalog>;
