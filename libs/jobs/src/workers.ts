import { Queue, UnrecoverableError, Worker, type Job } from 'bullmq';
import { isAppError } from '@daikaifa/kernel';
import { counter, startSpan, withCorrelation, type Logger } from '@daikaifa/observability';
import type { JobCatalog, JobConnection, JobDefinition, JobEnvelope, JobHandlers, JobRun } from './catalog';
import { queuePrefix } from './queues';

export interface JobWorkers {
  start(): Promise<void>;
  /** Takes no more jobs and waits for the running ones. */
  stop(): Promise<void>;
}

/** Renewed while the process lives, however long the job takes: when a process dies, its jobs come back after this. */
const LOCK_MS = 15_000;
const LOOK_FOR_LOST_EVERY_MS = 5_000;
/** A Redis that has lost its data has lost the intervals too: they are looked for, and made again. */
const LOOK_FOR_INTERVALS_EVERY_MS = 10_000;

interface Interval {
  readonly name: string;
  readonly id: string;
  readonly everyMs: number;
  readonly queue: Queue<JobEnvelope>;
}

const jobsEnded = counter('jobs_ended_total', 'jobs by name and outcome');

// A fault of the data or of a rule will not mend itself by waiting.
const isFinal = (error: unknown): boolean => isAppError(error) && !error.retryable;

const withinTime = async (
  timeoutMs: number,
  name: string,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> => {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(new Error(`job ${name} took longer than ${timeoutMs} ms`)), timeoutMs);
  const aborted = new Promise<never>((_, reject) => {
    controller.signal.addEventListener('abort', () => reject(controller.signal.reason as Error), { once: true });
  });
  try {
    await Promise.race([work(controller.signal), aborted]);
  } finally {
    clearTimeout(timer);
  }
};

export const createJobWorkers = <Catalog extends JobCatalog>(
  options: JobConnection<Catalog> & { readonly handlers: JobHandlers<Catalog>; readonly logger: Logger },
): JobWorkers => {
  const { redisUrl, prefix, service, catalog, handlers, logger } = options;
  const connection = { url: redisUrl, maxRetriesPerRequest: null };
  let workers: Worker<JobEnvelope>[] = [];
  let looks: NodeJS.Timeout | undefined;
  let isLooking = false;
  let intervals: readonly Interval[] = [];

  const runJob = async (name: string, definition: JobDefinition<unknown>, job: Job<JobEnvelope>): Promise<void> => {
    const parsed = definition.schema.safeParse(job.data.data);
    if (!parsed.success) {
      throw new UnrecoverableError(`data of job ${name} breaks its schema: ${parsed.error.message}`);
    }
    const attempt = job.attemptsMade + 1;
    const handler = handlers[name] as (data: unknown, run: JobRun) => Promise<void>;
    const spanOptions = { kind: 'consumer', parentTraceparent: job.data.traceparent, attributes: { 'job.id': job.id ?? '' } } as const;
    await startSpan(`job ${name}`, spanOptions, () =>
      withinTime(definition.timeoutMs, name, (signal) =>
        handler(parsed.data, { signal, attempt, isLastAttempt: attempt >= definition.attempts }),
      ),
    );
  };

  const process = async (name: string, definition: JobDefinition<unknown>, job: Job<JobEnvelope>): Promise<void> =>
    withCorrelation(job.data.correlationId ?? job.id ?? name, async () => {
      try {
        await runJob(name, definition, job);
        jobsEnded.add(1, { service, job: name, outcome: 'done' });
      } catch (error) {
        const gaveUp = isFinal(error) || error instanceof UnrecoverableError || job.attemptsMade + 1 >= definition.attempts;
        jobsEnded.add(1, { service, job: name, outcome: gaveUp ? 'given-up' : 'retried' });
        logger[gaveUp ? 'error' : 'warn'](
          { err: error, 'job.name': name, 'job.id': job.id, 'job.attempt': job.attemptsMade + 1 },
          gaveUp ? 'job given up' : 'job failed, will be tried again',
        );
        throw isFinal(error) ? new UnrecoverableError((error as Error).message) : error;
      }
    });

  const openIntervals = (): Interval[] =>
    Object.entries(catalog as JobCatalog).flatMap(([name, { everyMs }]) => {
      if (everyMs === undefined) {
        return [];
      }
      const queue = new Queue<JobEnvelope>(name, { prefix: queuePrefix(prefix, service), connection });
      queue.on('error', (error) => logger.debug({ err: error, 'job.name': name }, 'job interval connection fault'));
      return [{ name, everyMs, id: `every-${name}`, queue }];
    });

  /** At the start all intervals are written, as they may have changed; later those that are not there. */
  const schedule = async (which: 'ALL' | 'MISSING'): Promise<void> => {
    for (const { name, everyMs, id, queue } of intervals) {
      if (which === 'ALL' || (await queue.getJobScheduler(id)) === undefined) {
        const template = { name, data: { data: {} }, opts: { removeOnComplete: true, removeOnFail: true } };
        await queue.upsertJobScheduler(id, { every: everyMs }, template);
      }
    }
  };

  const lookForIntervals = async (): Promise<void> => {
    // The last look may still wait for a Redis that is away.
    if (isLooking) {
      return;
    }
    isLooking = true;
    try {
      await schedule('MISSING');
    } catch (err) {
      logger.warn({ err }, 'the intervals of jobs were not looked for');
    } finally {
      isLooking = false;
    }
  };

  return {
    start: async () => {
      intervals = openIntervals();
      await schedule('ALL');
      workers = Object.entries(catalog).map(([name, definition]) => {
        const worker = new Worker<JobEnvelope>(name, (job) => process(name, definition as JobDefinition<unknown>, job), {
          prefix: queuePrefix(prefix, service),
          connection,
          concurrency: definition.concurrency,
          lockDuration: LOCK_MS,
          stalledInterval: LOOK_FOR_LOST_EVERY_MS,
          maxStalledCount: 3,
        });
        worker.on('error', (error) => logger.debug({ err: error, 'job.name': name }, 'job worker connection fault'));
        return worker;
      });
      await Promise.all(workers.map((worker) => worker.waitUntilReady()));
      looks = setInterval(() => void lookForIntervals(), LOOK_FOR_INTERVALS_EVERY_MS);
    },
    stop: async () => {
      clearInterval(looks);
      await Promise.all([...workers.map((worker) => worker.close()), ...intervals.map(({ queue }) => queue.close())]);
      workers = [];
      intervals = [];
    },
  };
};
