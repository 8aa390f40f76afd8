import { platformScope, workThrough } from '@daikaifa/kernel';
import { expirePermissions } from '../domain/expiry';
import type { Dependencies } from './ports';

const SCOPE = platformScope('take away permissions that have ended');
const SWEEP_LIMIT = 500;

/**
 * Takes away permissions whose date has come. One set that fails holds up no other.
 * @returns how many sets were looked at
 * @throws AggregateError of everything that failed; those stay due
 */
export const expireDuePermissions =
  ({ sets, clock }: Pick<Dependencies, 'sets' | 'clock'>) =>
  async (): Promise<number> => {
    const due = await sets.findExpiryDue(SCOPE, clock.now(), SWEEP_LIMIT);
    return workThrough(due, 'sets could not be brought up to date', (id) =>
      sets.update(SCOPE, id, (set) => expirePermissions(set, clock.now())),
    );
  };
