import type { JobCatalog } from '@daikaifa/jobs';
import { z } from 'zod';

const MINUTE_MS = 60_000;

export const jobCatalog = {
  /** Runs the decisions of every stored projection again, for what a crash left undone. */
  'repeat-decisions': {
    schema: z.object({}),
    attempts: 3,
    backoffMs: 5_000,
    timeoutMs: 5 * MINUTE_MS,
    concurrency: 1,
    key: () => 'all',
    everyMs: 10 * MINUTE_MS,
  },
} satisfies JobCatalog;
