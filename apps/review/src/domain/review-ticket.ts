import type { Aggregate } from '@daikaifa/kernel';
import type { ReviewItemState } from './review-item';

/** A submission to review (审核单): one template revision has one item, a batch of apps one each. */
export type ReviewTicket = Aggregate;

export type ReviewTicketState = 'OPEN' | 'PARTLY_APPROVED' | 'APPROVED' | 'LAUNCHED' | 'CLOSED';

const WAITING: ReadonlySet<ReviewItemState> = new Set(['PRECHECKING', 'PENDING']);
const ACCEPTED: ReadonlySet<ReviewItemState> = new Set(['APPROVED', 'LAUNCHING', 'LAUNCHED']);
const REFUSED: ReadonlySet<ReviewItemState> = new Set(['PRECHECK_FAILED', 'REJECTED']);

/**
 * Derived from the items. Withdrawn and void ones no longer count; refused ones keep an accepted ticket at "partly"
 * until all that was accepted is launched.
 */
export const ticketStateOf = (items: readonly ReviewItemState[]): ReviewTicketState => {
  const accepted = items.filter((state) => ACCEPTED.has(state));
  const isWaiting = items.some((state) => WAITING.has(state));
  if (accepted.length === 0) {
    return isWaiting ? 'OPEN' : 'CLOSED';
  }
  if (isWaiting) {
    return 'PARTLY_APPROVED';
  }
  if (accepted.every((state) => state === 'LAUNCHED')) {
    return 'LAUNCHED';
  }
  return items.some((state) => REFUSED.has(state)) ? 'PARTLY_APPROVED' : 'APPROVED';
};
