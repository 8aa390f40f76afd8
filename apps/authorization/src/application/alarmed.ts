import type { Decision } from '@daikaifa/kernel';
import type { Alarm, Alarms } from './ports';

/**
 * A decision that raises its alarm before its write, after which nobody would look at it again: rather twice than never.
 * A decision that is made anew because of a conflict does not repeat it; where it comes out differently then, the alarm
 * told of what changed in that moment.
 */
export const alarmed = <A>(
  alarms: Alarms,
  decide: (stored: A) => Decision<A> | null,
  alarmOf: (next: A) => Alarm | null,
): ((stored: A) => Decision<A> | null) => {
  let isRaised = false;
  return (stored) => {
    const decision = decide(stored);
    const alarm = decision === null ? null : alarmOf(decision.next);
    if (alarm !== null && !isRaised) {
      isRaised = true;
      alarms.raise(alarm);
    }
    return decision;
  };
};
