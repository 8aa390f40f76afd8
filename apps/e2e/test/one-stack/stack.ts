import type { Stack } from '@daikaifa/stack';
import { makeStack } from '../harness';

let running: Stack | undefined;

/** The stack that all parts share. Each brings a template of its own, and looks at what belongs to it. */
export const sharedStack = (): Stack => {
  if (running === undefined) {
    throw new Error('a part was loaded outside of one-stack.int.spec.ts, which starts its stack');
  }
  return running;
};

export const startSharedStack = async (): Promise<void> => {
  running = await makeStack({
    env: {
      // What a part keeps waiting is not given up as long as it does.
      callback: { DELIVERY_TIMEOUT_SEC: '60' },
      // One part counts events while the suite of another could get its ticket.
      'wecom-sandbox': { SANDBOX_TICKET_INTERVAL_MS: '3600000' },
    },
  });
  await running.start();
};

export const stopSharedStack = async (): Promise<void> => {
  await running?.stop();
};
