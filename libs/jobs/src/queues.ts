import { Queue } from 'bullmq';
import { AppError } from '@daikaifa/kernel';
import { currentCorrelationId, currentTraceparent, type Logger } from '@daikaifa/observability';
import type { JobCatalog, JobConnection, JobData, JobEnvelope } from './catalog';

const COMMAND_TIMEOUT_MS = 5000;

export interface JobQueues<Catalog extends JobCatalog> {
  /**
   * Adds a job. One of its key that is waiting already stands for it; while one is running, one more will follow. One that
   * waits for its time or its next try is done now, unless a delay is asked for; its tries go on counting.
   * @throws AppError UNAVAILABLE when Redis is away
   */
  enqueue<Name extends keyof Catalog & string>(
    name: Name,
    data: JobData<Catalog, Name>,
    options?: { readonly delayMs?: number },
  ): Promise<void>;
  /** As `enqueue`, for callers whose write is done and whose due date is stored: a failure is logged, the sweep wakes later. */
  wake<Name extends keyof Catalog & string>(
    name: Name,
    data: JobData<Catalog, Name>,
    options?: { readonly delayMs?: number },
  ): Promise<void>;
  ping(): Promise<void>;
  close(): Promise<void>;
}

const envelopeOf = (data: unknown): JobEnvelope => {
  const correlationId = currentCorrelationId();
  const traceparent = currentTraceparent();
  return {
    data,
    ...(correlationId === undefined ? {} : { correlationId }),
    ...(traceparent === undefined ? {} : { traceparent }),
  };
};

/** A queue that has never reached Redis waits for it without limit, whatever its command time limit says. */
const inTime = async <T>(work: Promise<T>): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Redis did not answer in ${COMMAND_TIMEOUT_MS} ms`)), COMMAND_TIMEOUT_MS);
  });
  try {
    return await Promise.race([work, tooLate]);
  } finally {
    clearTimeout(timer);
  }
};

export const queuePrefix = (prefix: string, service: string): string => `${prefix}:jobs:${service}`;

export const createJobQueues = <Catalog extends JobCatalog>(
  options: JobConnection<Catalog> & { readonly logger: Logger },
): JobQueues<Catalog> => {
  const { redisUrl, prefix, service, catalog, logger } = options;
  const queues = new Map<string, Queue<JobEnvelope>>();

  const queueOf = (name: string): Queue<JobEnvelope> => {
    const known = queues.get(name);
    if (known !== undefined) {
      return known;
    }
    const queue = new Queue<JobEnvelope>(name, {
      prefix: queuePrefix(prefix, service),
      connection: { url: redisUrl, maxRetriesPerRequest: 1, commandTimeout: COMMAND_TIMEOUT_MS },
    });
    queue.on('error', (error) => logger.debug({ err: error, 'job.name': name }, 'job queue connection fault'));
    queues.set(name, queue);
    return queue;
  };

  const enqueue: JobQueues<Catalog>['enqueue'] = async (name, data, { delayMs = 0 } = {}) => {
    const definition = catalog[name];
    if (definition === undefined) {
      throw new Error(`job ${name} is not in the catalogue of ${service}`);
    }
    const parsed: unknown = definition.schema.parse(data);
    try {
      const added = queueOf(name).add(name, envelopeOf(parsed), {
        // While one is running, one more is kept: what caused the second may have come after the first had looked.
        // With a delay it would put off one that waits, and what comes often would never be done.
        deduplication: { id: definition.key(parsed), keepLastIfActive: true, reschedule: delayMs === 0 },
        delay: delayMs,
        attempts: definition.attempts,
        backoff: { type: 'exponential', delay: definition.backoffMs, jitter: 0.3 },
        // A kept job would swallow the next one of its key.
        removeOnComplete: true,
        removeOnFail: true,
      });
      await inTime(added);
    } catch (cause) {
      throw new AppError('UNAVAILABLE', { zh: '任务队列暂不可用', en: 'The job queue is away' }, { cause });
    }
  };

  return {
    enqueue,
    wake: async (name, data, wakeOptions) => {
      try {
        await enqueue(name, data, wakeOptions);
      } catch (error) {
        logger.warn({ err: error, 'job.name': name }, 'job not queued, the sweep will');
      }
    },
    ping: async () => {
      const first = Object.keys(catalog)[0];
      if (first !== undefined) {
        await inTime(queueOf(first).count());
      }
    },
    close: async () => {
      await Promise.allSettled([...queues.values()].map((queue) => queue.close()));
    },
  };
};
