import { sweepJob, type JobCatalog } from '@daikaifa/jobs';
import { z } from 'zod';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;

export const jobCatalog = {
  /** Asks one endpoint through its public URL. */
  'probe-endpoint': {
    schema: z.object({ endpointId: z.string() }),
    attempts: 3,
    backoffMs: 2 * SECOND_MS,
    timeoutMs: 15 * SECOND_MS,
    concurrency: 8,
    key: ({ endpointId }: { endpointId: string }) => endpointId,
  },
  /** Wakes the probes that are due. */
  'probe-due': sweepJob(20 * SECOND_MS),
  /** Moves what was stored while Kafka was away, of processes that are gone too. */
  'move-stored': sweepJob(10 * SECOND_MS),
  /** Lets parked events go on whose suite is known, drops those that waited too long. */
  'settle-parked': sweepJob(30 * SECOND_MS),
  /** Keeps the journal of refusals small. */
  'trim-refusals': sweepJob(5 * MINUTE_MS),

  /** Works on the lane of one destination. Many at a time: a lane mostly waits for the other side. */
  deliver: {
    schema: z.object({ destinationId: z.string() }),
    attempts: 3,
    backoffMs: 2 * SECOND_MS,
    timeoutMs: 3 * MINUTE_MS,
    concurrency: 500,
    key: ({ destinationId }: { destinationId: string }) => destinationId,
  },
  /** Wakes the lanes with something due. */
  'deliver-due': sweepJob(2 * SECOND_MS),
  /** Ends deliveries that have waited for their whole life. */
  'expire-deliveries': sweepJob(20 * SECOND_MS),
} satisfies JobCatalog;
