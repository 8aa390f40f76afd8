import type { SuiteState } from '@daikaifa/contracts';
import type { SuiteCredentials } from '../domain/suite-credentials';

/** Named field by field: what is not named here does not leave the service. */
export const suiteState = (suite: SuiteCredentials): SuiteState => ({
  id: suite.id,
  publisherId: suite.publisherId,
  suiteId: suite.suiteId,
  ticket: suite.ticketState,
  ticketAt: suite.ticket?.receivedAt.toISOString() ?? null,
});
