import type { JobHandlers } from '@daikaifa/jobs';
import type { Logger } from '@daikaifa/observability';
import type { UseCases } from '../application/use-cases';
import type { ReviewJobs } from './catalog';

export const createJobHandlers = (
  useCases: Pick<UseCases, 'runPrechecks' | 'wakePrechecks' | 'timeOutLaunch' | 'timeOutLaunches' | 'announceDueItems'>,
  logger: Logger,
): JobHandlers<ReviewJobs> => ({
  precheck: ({ itemId }) => useCases.runPrechecks(itemId),
  'wake-prechecks': async () => {
    const woken = await useCases.wakePrechecks();
    logger.debug({ 'prechecks.woken': woken }, 'due prechecks woken');
  },
  'launch-timeout': ({ itemId }) => useCases.timeOutLaunch(itemId),
  'time-out-launches': async () => {
    const due = await useCases.timeOutLaunches();
    logger.debug({ 'launches.due': due }, 'due launches handed to a person');
  },
  'announce-due': async () => {
    const announced = await useCases.announceDueItems();
    logger.debug({ 'notices.due': announced }, 'due notices given');
  },
});
