import { platformScope } from '@daikaifa/kernel';
import { markStale } from '../domain/close-set.decide';
import type { Dependencies } from './ports';

const SCOPE = platformScope('remind of permission requests');
const SWEEP_LIMIT = 500;

/**
 * Marks requests that nobody has answered for long, and says so, each once. One that fails holds up no other.
 * @returns how many sets were looked at
 * @throws AggregateError of everything that failed; those stay due
 */
export const markStaleRequests =
  ({ sets, clock }: Pick<Dependencies, 'sets' | 'clock'>) =>
  async (): Promise<number> => {
    const due = await sets.findReminderDue(SCOPE, clock.now(), SWEEP_LIMIT);
    const faults: unknown[] = [];
    for (const id of due) {
      await sets.update(SCOPE, id, (set) => markStale(set, clock.now())).catch((error: unknown) => {
        faults.push(error);
      });
    }
    if (faults.length > 0) {
      throw new AggregateError(faults, `${faults.length} of ${due.length} reminders could not be given`);
    }
    return due.length;
  };
