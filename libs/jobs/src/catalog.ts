import { z } from 'zod';

/** One kind of job. A job is a timer and a wake-up, never the record: a sweep can rebuild it from a due date. */
export interface JobDefinition<Data> {
  readonly schema: z.ZodType<Data>;
  /** Tries in all. */
  readonly attempts: number;
  /** Delay before the second try; doubles with jitter after each. */
  readonly backoffMs: number;
  /** A handler that takes longer is aborted through its signal and counts as failed. */
  readonly timeoutMs: number;
  /** Jobs of this kind at one time in one process. */
  readonly concurrency: number;
  /** At most one job of a key runs in the cluster, and at most one more waits: a wake-up is never lost. */
  readonly key: (data: Data) => string;
  /** Runs by itself at this interval, once in the whole cluster; its data is `{}`. */
  readonly everyMs?: number;
}

const MINUTE_MS = 60_000;

/** Looks at an interval for what is due. It is not tried again: the next one comes, and the record is in MongoDB. */
export const sweepJob = (everyMs: number) => ({
  schema: z.object({}),
  attempts: 1,
  backoffMs: 1_000,
  timeoutMs: 5 * MINUTE_MS,
  concurrency: 1,
  key: () => 'all',
  everyMs,
});

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a catalogue mixes data types; each handler is typed from it
export type JobCatalog = Readonly<Record<string, JobDefinition<any>>>;

export type JobData<Catalog extends JobCatalog, Name extends keyof Catalog> =
  Catalog[Name] extends JobDefinition<infer Data> ? Data : never;

export interface JobRun {
  /** Aborted when the time limit has passed or the process stops hard. */
  readonly signal: AbortSignal;
  /** 1 for the first try. */
  readonly attempt: number;
  readonly isLastAttempt: boolean;
}

export type JobHandlers<Catalog extends JobCatalog> = {
  readonly [Name in keyof Catalog]: (data: JobData<Catalog, Name>, run: JobRun) => Promise<void>;
};

/** What every job carries besides its data, so that one cause can be followed through it. */
export interface JobEnvelope {
  readonly data: unknown;
  readonly correlationId?: string;
  readonly traceparent?: string;
}

export interface JobConnection<Catalog extends JobCatalog> {
  readonly redisUrl: string;
  readonly prefix: string;
  readonly service: string;
  readonly catalog: Catalog;
}
