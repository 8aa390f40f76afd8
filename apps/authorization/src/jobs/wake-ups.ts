import type { JobQueues } from '@daikaifa/jobs';
import type { Clock } from '@daikaifa/kernel';
import type { Due } from '../application/authorization-ports';
import type { WakeUps } from '../application/ports';
import type { jobCatalog } from './catalog';

/** What is due later than that is left to the sweep: Redis need not hold a timer for every authorization. */
const LONGEST_TIMER_MS = 60_000;

type DueJob = 'exchange' | 'reread' | 'confirm-cancellation' | 'reconciliation' | 'erasure' | 'batch-scan';

export const createWakeUps = (queues: JobQueues<typeof jobCatalog>, clock: Clock): WakeUps => {
  const wake =
    (job: DueJob) =>
    async ({ id, dueAt }: Due): Promise<void> => {
      const delayMs = Math.max(0, dueAt.getTime() - clock.now().getTime());
      if (delayMs <= LONGEST_TIMER_MS) {
        await queues.wake(job, { id, dueAtMs: dueAt.getTime() }, { delayMs });
      }
    };
  return {
    linkRenewal: (linkId) => queues.wake('link-renewal', { linkId }),
    exchange: wake('exchange'),
    reread: wake('reread'),
    cancellation: wake('confirm-cancellation'),
    reconciliation: wake('reconciliation'),
    erasure: wake('erasure'),
    scan: wake('batch-scan'),
  };
};
