import type { JobHandlers } from '@daikaifa/jobs';
import type { Logger } from '@daikaifa/observability';
import type { UseCases } from '../application/use-cases';
import type { authorizationJobs } from './authorization-jobs';

interface Parts {
  readonly useCases: Pick<
    UseCases,
    | 'runExchange'
    | 'rereadAuthorization'
    | 'confirmCancellation'
    | 'runReconciliation'
    | 'runErasure'
    | 'watchScan'
    | 'sweepDue'
  >;
  readonly logger: Logger;
}

/** Jobs around exchange, grant, re-read and cancellation. Each looks at the record: what is not due any more is left. */
export const authorizationHandlers = ({ useCases, logger }: Parts): JobHandlers<typeof authorizationJobs> => ({
  exchange: ({ id }) => useCases.runExchange(id),
  reread: ({ id }) => useCases.rereadAuthorization(id),
  'confirm-cancellation': ({ id }) => useCases.confirmCancellation(id),
  'batch-scan': ({ id }) => useCases.watchScan(id),
  erasure: ({ id }) => useCases.runErasure(id),
  reconciliation: ({ id }) => useCases.runReconciliation(id),
  'authorization-sweep': async () => {
    const found = await useCases.sweepDue();
    if (found > 0) {
      logger.info({ 'sweep.due': found }, 'what was due was woken');
    }
  },
});
