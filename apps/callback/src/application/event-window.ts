import type { Clock } from '@daikaifa/kernel';
import type { ReceiptState } from '../domain/receipt';

/** Events that this process has made durable within the window. */
export interface EventWindow {
  find(id: string): ReceiptState | null;
  remember(id: string, state: ReceiptState): void;
}

interface Remembered {
  readonly state: ReceiptState;
  readonly untilMs: number;
}

/** Past it the oldest are forgotten: a re-send of them is published again, which receivers tolerate. */
const MAX_EVENTS = 200_000;

export const createEventWindow = (clock: Clock, windowMs: number): EventWindow => {
  /** In the order in which they end. */
  const events = new Map<string, Remembered>();

  const forgetEnded = (nowMs: number): void => {
    for (const [id, { untilMs }] of events) {
      if (untilMs > nowMs && events.size <= MAX_EVENTS) {
        return;
      }
      events.delete(id);
    }
  };

  return {
    find: (id) => {
      const found = events.get(id);
      return found !== undefined && found.untilMs > clock.now().getTime() ? found.state : null;
    },
    remember: (id, state) => {
      const nowMs = clock.now().getTime();
      events.delete(id);
      events.set(id, { state, untilMs: nowMs + windowMs });
      forgetEnded(nowMs);
    },
  };
};
