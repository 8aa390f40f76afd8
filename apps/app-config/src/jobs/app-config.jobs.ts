import type { JobHandlers } from '@daikaifa/jobs';
import type { Logger } from '@daikaifa/observability';
import type { UseCases } from '../application/use-cases';
import type { AppConfigJobs } from './catalog';

export const createJobHandlers = (
  { sweepBatches }: Pick<UseCases, 'sweepBatches'>,
  logger: Logger,
): JobHandlers<AppConfigJobs> => ({
  'sweep-batches': async () => {
    const found = await sweepBatches();
    logger.debug({ 'batches.stuck': found }, 'stuck batches dealt with');
  },
});
