import type { JobCatalog } from '@daikaifa/jobs';
import { z } from 'zod';

const MINUTE_MS = 60_000;

/** @param sweepEveryMs how often what is due is looked for */
export const createJobCatalog = (sweepEveryMs: number) =>
  ({
    /** Marks requests that nobody has answered for long. */
    'mark-stale': {
      schema: z.object({}),
      attempts: 1,
      backoffMs: 1_000,
      timeoutMs: MINUTE_MS,
      concurrency: 1,
      key: () => 'all',
      everyMs: sweepEveryMs,
    },
    /** Takes away what has come to its end: the record is the date in each set. */
    'expire-permissions': {
      schema: z.object({}),
      attempts: 1,
      backoffMs: 1_000,
      timeoutMs: MINUTE_MS,
      concurrency: 1,
      key: () => 'all',
      everyMs: sweepEveryMs,
    },
  }) satisfies JobCatalog;

export type PermissionJobs = ReturnType<typeof createJobCatalog>;
