import type { JobQueues } from '@daikaifa/jobs';
import type { Clock } from '@daikaifa/kernel';
import type { Due } from '../application/authorization-ports';
import type { WakeUps } from '../application/ports';
import type { jobCatalog } from './catalog';

type DueJob = 'exchange' | 'reread' | 'confirm-cancellation';

export const createWakeUps = (queues: JobQueues<typeof jobCatalog>, clock: Clock): WakeUps => {
  const wake =
    (job: DueJob) =>
    ({ id, dueAt }: Due): Promise<void> =>
      queues.wake(
        job,
        { id, dueAtMs: dueAt.getTime() },
        { delayMs: Math.max(0, dueAt.getTime() - clock.now().getTime()) },
      );
  return {
    linkRenewal: (linkId) => queues.wake('link-renewal', { linkId }),
    exchange: wake('exchange'),
    reread: wake('reread'),
    cancellation: wake('confirm-cancellation'),
  };
};
