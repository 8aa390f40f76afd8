import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { AppError } from '@daikaifa/kernel';
import { currentCorrelationId, withCorrelation } from '@daikaifa/observability';
import { connectRedis } from '@daikaifa/redis';
import { capturedLogger, eventually, silentLogger, testServers, uniqueName } from '@daikaifa/testing';
import { createJobQueues, createJobWorkers, type JobCatalog, type JobHandlers, type JobQueues, type JobWorkers } from '../src';

const orderSchema = z.object({ id: z.string() });
const catalog = {
  // Some of its jobs are held by their test: the time limit, which is that of `slow`, must not end them on a slow machine.
  greet: { schema: orderSchema, attempts: 3, backoffMs: 20, timeoutMs: 60_000, concurrency: 2, key: (data: { id: string }) => data.id },
  patient: { schema: orderSchema, attempts: 3, backoffMs: 3_600_000, timeoutMs: 60_000, concurrency: 1, key: (data: { id: string }) => data.id },
  slow: { schema: orderSchema, attempts: 1, backoffMs: 20, timeoutMs: 60, concurrency: 1, key: (data: { id: string }) => data.id },
  tick: { schema: z.object({}), attempts: 1, backoffMs: 20, timeoutMs: 2000, concurrency: 1, key: () => 'one', everyMs: 100 },
} satisfies JobCatalog;

const started: JobWorkers[] = [];
const opened: Array<Pick<JobQueues<typeof catalog>, 'close'>> = [];
afterEach(async () => {
  await Promise.all(started.splice(0).map((workers) => workers.stop()));
  await Promise.all(opened.splice(0).map((queues) => queues.close()));
});

const setUp = async (handlers: Partial<JobHandlers<typeof catalog>>, logger = silentLogger()) => {
  const connection = { redisUrl: testServers().redisUrl, prefix: uniqueName('jobs-spec'), service: 'spec', catalog };
  const queues = createJobQueues({ ...connection, logger });
  opened.push(queues);
  const nothing = async () => undefined;
  const makeWorkers = () =>
    createJobWorkers({ ...connection, logger, handlers: { greet: nothing, patient: nothing, slow: nothing, tick: nothing, ...handlers } });
  const start = async () => {
    const workers = makeWorkers();
    await workers.start();
    started.push(workers);
    return workers;
  };
  /** As a Redis that comes back without its data. @returns how many keys there were */
  const empty = async (): Promise<number> => {
    const redis = connectRedis({ url: connection.redisUrl, prefix: connection.prefix, logger });
    const script = "local keys = redis.call('KEYS', ARGV[1]) for _, key in ipairs(keys) do redis.call('DEL', key) end return #keys";
    const removed = await redis.client.eval(script, 0, `${connection.prefix}:*`);
    await redis.close();
    return Number(removed);
  };
  return { queues, start, empty };
};

describe('jobs', () => {
  it('run with the correlation id of their cause', async () => {
    const seen: Array<string | undefined> = [];
    const { queues, start } = await setUp({ greet: async () => void seen.push(currentCorrelationId()) });
    await start();

    await withCorrelation('cause-1', () => queues.enqueue('greet', { id: 'a' }));

    await eventually(() => seen.length === 1);
    expect(seen).toEqual(['cause-1']);
  });

  it('are one job per key while the first waits, and a new one after it has ended', async () => {
    const seen: string[] = [];
    const { queues, start } = await setUp({ greet: async (data) => void seen.push(data.id) });
    await queues.enqueue('greet', { id: 'a' });
    await queues.enqueue('greet', { id: 'a' });
    await start();
    await eventually(() => seen.length === 1);

    await queues.enqueue('greet', { id: 'a' });

    await eventually(() => seen.length === 2);
    expect(seen).toEqual(['a', 'a']);
  });

  it('keep one wake-up that comes while a job of the key is running, however often it comes', async () => {
    const seen: string[] = [];
    let letGo: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (letGo = resolve));
    const { queues, start } = await setUp({
      greet: async (data) => {
        seen.push(data.id);
        await held;
      },
    });
    await start();
    await queues.enqueue('greet', { id: 'a' });
    await eventually(() => seen.length === 1);

    await queues.enqueue('greet', { id: 'a' });
    await queues.enqueue('greet', { id: 'a' });
    expect(seen).toEqual(['a']);
    letGo();
    await eventually(() => seen.length === 2);
    await queues.enqueue('greet', { id: 'last' });
    await eventually(() => seen.includes('last'));

    expect(seen).toEqual(['a', 'a', 'last']);
  });

  it('are tried again after a passing fault and given up at once after a final one', async () => {
    const attempts: Record<string, number> = {};
    const { logger, lines } = capturedLogger();
    const { queues, start } = await setUp(
      {
        greet: async (data, { attempt }) => {
          attempts[data.id] = attempt;
          if (data.id === 'passing' && attempt < 3) {
            throw new AppError('UNAVAILABLE', { zh: '稍后', en: 'later' });
          }
          if (data.id === 'final') {
            throw new AppError('INVALID_STATE', { zh: '不行', en: 'no' });
          }
        },
      },
      logger,
    );
    await start();

    await queues.enqueue('greet', { id: 'passing' });
    await queues.enqueue('greet', { id: 'final' });

    await eventually(() => attempts['passing'] === 3);
    await eventually(() => lines.some((line) => line['msg'] === 'job given up'));
    expect(attempts['final']).toBe(1);
  });

  it('that wait for their next try are done at the next wake-up', async () => {
    const attempts: number[] = [];
    const { queues, start } = await setUp({
      patient: async (_data, { attempt }) => {
        attempts.push(attempt);
        if (attempts.length === 1) {
          throw new AppError('UNAVAILABLE', { zh: '稍后', en: 'later' });
        }
      },
    });
    await start();
    await queues.enqueue('patient', { id: 'a' });
    await eventually(() => attempts.length === 1);

    // It may still be on its way from running to waiting.
    await eventually(async () => {
      await queues.enqueue('patient', { id: 'a' });
      return attempts.length > 1;
    });
    expect(attempts.slice(0, 2)).toEqual([1, 2]);
  });

  it('that wait for their time are not put off by a wake-up for a later one', async () => {
    const seen: string[] = [];
    const { queues, start } = await setUp({ greet: async (data) => void seen.push(data.id) });
    await start();

    await eventually(async () => {
      await queues.enqueue('greet', { id: 'a' }, { delayMs: 1_000 });
      return seen.length > 0;
    });
  });

  it('are aborted at their time limit', async () => {
    let aborted = false;
    const { queues, start } = await setUp({
      slow: async (_data, { signal }) => {
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        aborted = true;
      },
    });
    await start();

    await queues.enqueue('slow', { id: 'a' });

    await eventually(() => aborted);
  });

  it('run by themselves at an interval', async () => {
    let ticks = 0;
    const { start } = await setUp({ tick: async () => void (ticks += 1) });

    await start();

    await eventually(() => ticks >= 3);
  });

  it('go on at their interval after Redis has lost everything, with no process started anew', async () => {
    let ticks = 0;
    const { start, empty } = await setUp({ tick: async () => void (ticks += 1) });
    await start();
    await eventually(() => ticks >= 1);

    expect(await empty()).toBeGreaterThan(0);
    const before = ticks;

    await eventually(() => ticks >= before + 3, { timeoutMs: 40_000 });
  }, 60_000);

  it('that are running end before the workers have stopped', async () => {
    let ended = false;
    let began = false;
    let letGo: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (letGo = resolve));
    const { queues, start } = await setUp({
      greet: async () => {
        began = true;
        await held;
        await pause(200);
        ended = true;
      },
    });
    const workers = await start();
    await queues.enqueue('greet', { id: 'a' });
    await eventually(() => began);

    const stopping = workers.stop();
    letGo();
    await stopping;

    expect(ended).toBe(true);
  });

  it('refuse data that breaks the schema before anything is queued', async () => {
    const { queues } = await setUp({});

    await expect(queues.enqueue('greet', { id: 7 } as unknown as { id: string })).rejects.toThrow();
  });

  it('are refused in time, and a wake-up is let go, when Redis was never reached', async () => {
    const { logger, lines } = capturedLogger();
    const away = { redisUrl: 'redis://127.0.0.1:1', prefix: uniqueName('jobs-spec'), service: 'spec', catalog };
    const queues = createJobQueues({ ...away, logger });
    opened.push(queues);

    await expect(queues.enqueue('greet', { id: 'a' })).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await queues.wake('greet', { id: 'b' });

    expect(lines.some(({ msg }) => msg === 'job not queued, the sweep will')).toBe(true);
  });
});
