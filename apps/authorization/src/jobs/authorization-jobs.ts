import { sweepJob, type JobCatalog } from '@daikaifa/jobs';
import { z } from 'zod';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;

/** One step of one record, at its due date. The date is part of the key: a later step never meets the running one. */
const due = z.object({ id: z.string(), dueAtMs: z.number().int() });
const dueKey = ({ id, dueAtMs }: z.infer<typeof due>): string => `${id}_${dueAtMs}`;

/** Jobs around exchange, grant, re-read and cancellation. */
export const authorizationJobs = {
  /** Longer than a call may take and the wait for the database after it: the answer must be stored. */
  exchange: {
    schema: due,
    attempts: 3,
    backoffMs: SECOND_MS,
    timeoutMs: 2 * MINUTE_MS,
    concurrency: 10,
    key: dueKey,
  },
  reread: {
    schema: due,
    attempts: 2,
    backoffMs: SECOND_MS,
    timeoutMs: 2 * MINUTE_MS,
    concurrency: 10,
    key: dueKey,
  },
  'confirm-cancellation': {
    schema: due,
    attempts: 3,
    backoffMs: SECOND_MS,
    timeoutMs: MINUTE_MS,
    concurrency: 10,
    key: dueKey,
  },
  /** Plans reads, batch by batch; the reads are jobs of their own. */
  reconciliation: {
    schema: due,
    attempts: 3,
    backoffMs: SECOND_MS,
    timeoutMs: 2 * MINUTE_MS,
    concurrency: 2,
    key: dueKey,
  },
  /** The service's own part of an erasure, then the watch over the others' answers. */
  erasure: {
    schema: due,
    attempts: 3,
    backoffMs: SECOND_MS,
    timeoutMs: MINUTE_MS,
    concurrency: 5,
    key: dueKey,
  },
  /** Looks for the siblings of a scan whose time is over. */
  'batch-scan': {
    schema: due,
    attempts: 3,
    backoffMs: SECOND_MS,
    timeoutMs: MINUTE_MS,
    concurrency: 2,
    key: dueKey,
  },
  /** The record is the due date in each document: this finds what nobody woke. */
  'authorization-sweep': sweepJob(10 * SECOND_MS),
} satisfies JobCatalog;
