import { sweepJob, type JobDefinition } from '@daikaifa/jobs';
import type { Logger } from '@daikaifa/observability';

const MINUTE_MS = 60_000;

/** Every service runs the decisions of its stored projections again now and then, for what a crash left undone. */
export const REPEAT_DECISIONS: JobDefinition<object> = {
  ...sweepJob(10 * MINUTE_MS),
  // The next interval is far away.
  attempts: 3,
  backoffMs: 5_000,
};

export const repeatDecisions =
  (consumers: { repeatDecisions(): Promise<number> }, logger: Logger) => async (): Promise<void> => {
    const repeated = await consumers.repeatDecisions();
    logger.info({ 'decisions.repeated': repeated }, 'decisions repeated');
  };
