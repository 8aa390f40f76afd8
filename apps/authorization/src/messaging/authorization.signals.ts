import { AppError, text } from '@daikaifa/kernel';
import type { Sealer } from '../application/ports';
import type { UseCases } from '../application/use-cases';
import type { ExchangeSource } from '../domain/exchange';
import type { SuiteSignal, SuiteSignalHandlers } from './wecom-suite.consumer';

const incomplete = (field: string): AppError =>
  new AppError('BAD_USER_INPUT', text(`事件中没有 ${field}`, `The event has no ${field}`));

const factsOf = ({ data: { suiteId, timestampSec, receivedAt } }: SuiteSignal) => ({
  suiteId,
  timestampSec,
  receivedAt: new Date(receivedAt),
});

const corpIdOf = ({ data: { authCorpId } }: SuiteSignal): string => {
  if (authCorpId === null) {
    throw incomplete('AuthCorpId');
  }
  return authCorpId;
};

/**
 * Codes, changes and cancellations: each is written down; WeCom is called by jobs. approve_special_auth and
 * cancel_special_auth (企业二次确认获客助手, doc 98962) say as little as change_auth does, and need not come with one.
 */
export const authorizationSignals = (
  {
    receiveAuthCode,
    receiveChange,
    receiveCancellation,
  }: Pick<UseCases, 'receiveAuthCode' | 'receiveChange' | 'receiveCancellation'>,
  transport: Pick<Sealer, 'open'>,
): SuiteSignalHandlers => {
  const takeCode =
    (source: ExchangeSource) =>
    async (event: SuiteSignal): Promise<void> => {
      const { sealed, state: linkState } = event.data;
      if (sealed.authCode === undefined) {
        throw incomplete('AuthCode');
      }
      const authCode = transport.open(sealed.authCode, `${event.id}:authCode`);
      await receiveAuthCode({ ...factsOf(event), source, authCode, linkState });
    };
  const takeChange = (event: SuiteSignal): Promise<void> =>
    receiveChange({ suiteId: event.data.suiteId, corpId: corpIdOf(event) });
  return {
    create_auth: takeCode('create_auth'),
    reset_permanent_code: takeCode('reset_permanent_code'),
    change_auth: takeChange,
    approve_special_auth: takeChange,
    cancel_special_auth: takeChange,
    cancel_auth: (event) => receiveCancellation({ ...factsOf(event), eventId: event.id, corpId: corpIdOf(event) }),
  };
};
