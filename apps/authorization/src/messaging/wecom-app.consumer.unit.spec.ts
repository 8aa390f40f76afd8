import type { SignalEvent, WecomAppSignal } from '@daikaifa/contracts';
import { wecomAppConsumer } from './wecom-app.consumer';

it.each([
  ['close_inactive_agent', 1],
  ['reopen_inactive_agent', 1],
  ['inactive_alert', 0],
  ['enter_agent', 0],
  [null, 0],
])('%s has an authorization read %d times', async (event, times) => {
  const asked: unknown[] = [];
  const { handle } = wecomAppConsumer({ receiveChange: async (corp) => void asked.push(corp) });

  await handle({ data: { event, suiteId: 'dk1', corpId: 'wpCorp' } } as SignalEvent<WecomAppSignal>);

  expect(asked).toEqual(Array(times).fill({ suiteId: 'dk1', corpId: 'wpCorp' }));
});
