import { wecomSuiteTopic, type SignalEvent, type WecomSuiteSignal } from '@daikaifa/contracts';
import { defineSignalConsumer } from '@daikaifa/messaging';
import { counter, type Logger } from '@daikaifa/observability';

export type SuiteSignal = SignalEvent<WecomSuiteSignal>;

/** By InfoType. */
export type SuiteSignalHandlers = Readonly<Record<string, (event: SuiteSignal) => Promise<void>>>;

const unknownInfoTypes = counter(
  'authorization_unknown_info_types_total',
  'suite events whose InfoType nobody here deals with',
);

/** What WeCom sent to the suites. Each handler is idempotent by the thing itself. */
export const wecomSuiteConsumer = (handlers: SuiteSignalHandlers, logger: Logger) => {
  const byInfoType = new Map(Object.entries(handlers));
  return defineSignalConsumer(wecomSuiteTopic, {
    name: 'wecom-suite',
    handle: async (event) => {
      const handle = byInfoType.get(event.data.infoType);
      if (handle === undefined) {
        unknownInfoTypes.add(1);
        logger.debug({ 'event.id': event.id, 'wecom.infoType': event.data.infoType }, 'suite event without a handler');
        return;
      }
      await handle(event);
    },
  });
};
