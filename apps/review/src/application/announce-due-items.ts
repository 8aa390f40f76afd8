import { platformScope, workThrough } from '@daikaifa/kernel';
import { giveNotice } from '../domain/due-date';
import type { Dependencies } from './ports';

const SCOPE = platformScope('announce due reviews');
const SWEEP_LIMIT = 500;

/**
 * Gives the reminders and overdue notices that are due, each once. One item that fails holds up no other.
 * @returns how many items were looked at
 * @throws AggregateError of everything that failed; those items stay due
 */
export const announceDueItems =
  ({ items, clock }: Pick<Dependencies, 'items' | 'clock'>) =>
  async (): Promise<number> => {
    const due = await items.findNoticeDue(SCOPE, clock.now(), SWEEP_LIMIT);
    return workThrough(due, 'notices could not be given', (id) =>
      items.update(SCOPE, id, (item) => giveNotice(item, clock.now())),
    );
  };
