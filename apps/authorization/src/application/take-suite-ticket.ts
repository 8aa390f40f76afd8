import { platformScope } from '@daikaifa/kernel';
import { takeTicket } from '../domain/suite-credentials.decide';
import type { Dependencies } from './ports';

export interface ArrivedTicket {
  readonly suiteId: string;
  readonly ticket: string;
  /** WeCom's TimeStamp. */
  readonly timestampSec: number | null;
  readonly receivedAt: Date;
}

/** @returns false when no template has this suite id: the callback parks tickets until one has */
export const takeSuiteTicket =
  ({ suites, sealing, clock }: Pick<Dependencies, 'suites' | 'sealing' | 'clock'>) =>
  async (arrived: ArrivedTicket): Promise<boolean> => {
    const scope = platformScope('take in a suite ticket');
    const suite = await suites.bySuiteId(scope, arrived.suiteId);
    if (suite === null) {
      return false;
    }
    const { timestampSec, receivedAt } = arrived;
    const ticket = {
      sealed: sealing.sealSuiteTicket(suite.id, arrived.ticket),
      issuedAt: timestampSec === null ? receivedAt : new Date(timestampSec * 1000),
      receivedAt,
    };
    await suites.update(scope, suite.id, (stored) =>
      // Another suite may have been recorded since the look-up.
      stored.suiteId === arrived.suiteId ? takeTicket(stored, ticket, clock.now()) : null,
    );
    return true;
  };
