import { platformScope, workThrough } from '@daikaifa/kernel';
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
    return workThrough(due, 'reminders could not be given', (id) =>
      sets.update(SCOPE, id, (set) => markStale(set, clock.now())),
    );
  };
