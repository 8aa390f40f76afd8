import type { JobHandlers } from '@daikaifa/jobs';
import type { Logger } from '@daikaifa/observability';
import type { UseCases } from '../application/use-cases';
import type { PermissionJobs } from './catalog';

export const createJobHandlers = (
  { markStaleRequests, expireDuePermissions }: Pick<UseCases, 'markStaleRequests' | 'expireDuePermissions'>,
  logger: Logger,
): JobHandlers<PermissionJobs> => ({
  'mark-stale': async () => {
    const marked = await markStaleRequests();
    logger.debug({ 'requests.due': marked }, 'unanswered requests marked');
  },
  'expire-permissions': async () => {
    const expired = await expireDuePermissions();
    logger.debug({ 'sets.due': expired }, 'ended permissions taken away');
  },
});
