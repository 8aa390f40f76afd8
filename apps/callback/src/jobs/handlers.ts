import type { JobHandlers } from '@daikaifa/jobs';
import type { Logger } from '@daikaifa/observability';
import type { UseCases } from '../application/use-cases';
import type { jobCatalog } from './catalog';

/** The handlers only translate: what a job does is a use case, safe to repeat. */
export const jobHandlers = (
  useCases: UseCases,
  logger: Logger,
): JobHandlers<typeof jobCatalog> => ({
  'probe-endpoint': ({ endpointId }) => useCases.probeInBackground(endpointId),
  'probe-due': async () => void (await useCases.wakeDueProbes()),
  'move-stored': async () => {
    const moved = await useCases.moveStored();
    if (moved === null) {
      // The one who is at it may have looked before the last event was stored.
      await useCases.wakeMover();
    } else if (moved > 0) {
      logger.info({ 'events.moved': moved }, 'stored events moved to Kafka');
    }
  },
  'settle-parked': async () => {
    const { released, expired } = await useCases.settleParked();
    if (released + expired > 0) {
      logger.info({ 'events.released': released, 'events.expired': expired }, 'parked events settled');
    }
  },
  'trim-refusals': async () => void (await useCases.trimRefusals()),

  deliver: ({ destinationId }) => useCases.runLane(destinationId),
  'deliver-due': async () => void (await useCases.wakeDueLanes()),
  'expire-deliveries': async () => {
    const expired = await useCases.expireDeliveries();
    if (expired > 0) {
      logger.warn({ 'deliveries.expired': expired }, 'deliveries have waited for their whole life');
    }
  },
});
