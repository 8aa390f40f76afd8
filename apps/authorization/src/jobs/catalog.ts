import { sweepJob, type JobCatalog } from '@daikaifa/jobs';
import { z } from 'zod';
import { authorizationJobs } from './authorization-jobs';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;

export const jobCatalog = {
  /** Finds tickets that were not followed by another one for 20 minutes. */
  'suite-ticket-watch': sweepJob(10 * SECOND_MS),
  /** Asks WeCom for the URL of one link, at once. */
  'link-renewal': {
    schema: z.object({ linkId: z.string() }),
    attempts: 3,
    backoffMs: SECOND_MS,
    timeoutMs: MINUTE_MS,
    concurrency: 5,
    key: ({ linkId }: { readonly linkId: string }) => linkId,
  },
  /** The record is the due date in the link: this finds what nobody woke. */
  'link-sweep': sweepJob(5 * SECOND_MS),
  ...authorizationJobs,
} satisfies JobCatalog;
