import { AppError, text } from '@daikaifa/kernel';
import type { Logger } from '@daikaifa/observability';
import type { Sealer } from '../application/ports';
import type { UseCases } from '../application/use-cases';
import type { SuiteSignalHandlers } from './wecom-suite.consumer';

/** suite_ticket. One for a suite that is not recorded is left alone: the callback parks it and sends it again then. */
export const suiteTicketSignal = (
  { takeSuiteTicket }: Pick<UseCases, 'takeSuiteTicket'>,
  transport: Pick<Sealer, 'open'>,
  logger: Logger,
): SuiteSignalHandlers => ({
  suite_ticket: async ({ id, data }) => {
    const { suiteId, timestampSec, sealed, receivedAt } = data;
    if (sealed.suiteTicket === undefined) {
      throw new AppError('BAD_USER_INPUT', text('事件中没有 SuiteTicket', 'The event has no SuiteTicket'));
    }
    const ticket = transport.open(sealed.suiteTicket, `${id}:suiteTicket`);
    const isKnown = await takeSuiteTicket({ suiteId, ticket, timestampSec, receivedAt: new Date(receivedAt) });
    if (!isKnown) {
      logger.warn({ 'event.id': id, 'suite.id': suiteId }, 'suite ticket of a suite that is not recorded');
    }
  },
});
