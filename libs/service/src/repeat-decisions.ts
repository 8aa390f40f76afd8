import type { JobDefinition } from '@daikaifa/jobs';
import type { Logger } from '@daikaifa/observability';
import { z } from 'zod';

const MINUTE_MS = 60_000;

/** Every service runs the decisions of its stored projections again now and then, for what a crash left undone. */
export const REPEAT_DECISIONS: JobDefinition<object> = {
  schema: z.object({}),
  attempts: 3,
  backoffMs: 5_000,
  timeoutMs: 5 * MINUTE_MS,
  concurrency: 1,
  key: () => 'all',
  everyMs: 10 * MINUTE_MS,
};

export const repeatDecisions =
  (consumers: { repeatDecisions(): Promise<number> }, logger: Logger) => async (): Promise<void> => {
    const repeated = await consumers.repeatDecisions();
    logger.info({ 'decisions.repeated': repeated }, 'decisions repeated');
  };
