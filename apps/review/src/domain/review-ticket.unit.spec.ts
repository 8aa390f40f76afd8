import type { ReviewItemState } from './review-item';
import { ticketStateOf, type ReviewTicketState } from './review-ticket';

describe('the state of a ticket', () => {
  it.each<[readonly ReviewItemState[], ReviewTicketState]>([
    [['PRECHECKING'], 'OPEN'],
    [['PENDING'], 'OPEN'],
    [['APPROVED'], 'APPROVED'],
    [['LAUNCHING'], 'APPROVED'],
    [['LAUNCHED'], 'LAUNCHED'],
    [['PRECHECK_FAILED'], 'CLOSED'],
    [['REJECTED'], 'CLOSED'],
    [['WITHDRAWN'], 'CLOSED'],
    [['VOID'], 'CLOSED'],
    [[], 'CLOSED'],
    [['APPROVED', 'PENDING'], 'PARTLY_APPROVED'],
    [['APPROVED', 'REJECTED'], 'PARTLY_APPROVED'],
    [['APPROVED', 'WITHDRAWN'], 'APPROVED'],
    [['REJECTED', 'PENDING'], 'OPEN'],
    [['LAUNCHED', 'APPROVED'], 'APPROVED'],
    [['LAUNCHED', 'REJECTED'], 'LAUNCHED'],
  ])('of %j is %s', (items, state) => {
    expect(ticketStateOf(items)).toBe(state);
  });
});
