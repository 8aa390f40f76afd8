import { wecomAppTopic } from '@daikaifa/contracts';
import { defineSignalConsumer } from '@daikaifa/messaging';
import type { UseCases } from '../application/use-cases';

/** WeCom has stopped an app that nobody used, or the corp has taken it back (doc 96468). */
const TELLS_OF_A_CHANGE = new Set(['close_inactive_agent', 'reopen_inactive_agent']);

/** Of what WeCom sends to the apps only that which changes an authorization; like change_auth it is read again. */
export const wecomAppConsumer = ({ receiveChange }: Pick<UseCases, 'receiveChange'>) =>
  defineSignalConsumer(wecomAppTopic, {
    name: 'wecom-app',
    handle: async ({ data: { event, suiteId, corpId } }) => {
      if (event !== null && TELLS_OF_A_CHANGE.has(event)) {
        await receiveChange({ suiteId, corpId });
      }
    },
  });
