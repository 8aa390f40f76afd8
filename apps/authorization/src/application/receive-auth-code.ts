import { isAppError } from '@daikaifa/kernel';
import type { Exchange, ExchangeSource } from '../domain/exchange';
import { receiveCode } from '../domain/exchange.decide';
import { exchangeIdOf } from './content-id';
import type { Dependencies } from './ports';
import { causedAtOf, SIGNAL_SCOPE, suiteOfSignal, type SuiteSignalFacts } from './suite-signal';

export interface ArrivedAuthCode extends SuiteSignalFacts {
  readonly source: ExchangeSource;
  readonly authCode: string;
  readonly linkState: string | null;
}

/**
 * Writes an auth code down, sealed, and wakes its exchange; WeCom is not called here. The id comes from the code, so a
 * duplicate or re-sent event finds what the first one made.
 */
export const receiveAuthCode =
  (deps: Pick<Dependencies, 'suites' | 'exchanges' | 'sealing' | 'wakeUps' | 'clock'>) =>
  async (arrived: ArrivedAuthCode): Promise<void> => {
    const { exchanges, sealing, wakeUps, clock } = deps;
    const suite = await suiteOfSignal(deps, arrived);
    const id = exchangeIdOf(arrived.suiteId, arrived.authCode);
    const { publisherId, id: templateId } = suite;
    const { source, linkState, suiteId, receivedAt } = arrived;
    const received = receiveCode(
      { id, publisherId, templateId, suiteId, source, linkState, causedAt: causedAtOf(arrived), receivedAt },
      sealing.sealAuthCode(id, arrived.authCode),
      clock.now(),
    );
    const find = async (error: unknown): Promise<Exchange | null> => {
      if (isAppError(error) && error.code === 'CONFLICT') {
        return exchanges.byId(SIGNAL_SCOPE, id);
      }
      throw error;
    };
    const exchange = await exchanges.create(received, []).catch(find);
    if (exchange !== null && exchange.nextAttemptAt !== null) {
      await wakeUps.exchange({ id, dueAt: exchange.nextAttemptAt });
    }
  };
