import { ticketStateOf } from '../../domain/review-ticket';
import type { ReviewTicketResolvers } from '../schema.generated';

export const ReviewTicket: ReviewTicketResolvers = {
  __resolveReference: ({ id }, { tickets }) => tickets.load(id),
  publisher: ({ publisherId }) => ({ id: publisherId }),
  items: async ({ id }, _args, { itemsOfTicket }) => (await itemsOfTicket.load(id)) ?? [],
  state: async ({ id }, _args, { itemsOfTicket }) =>
    ticketStateOf(((await itemsOfTicket.load(id)) ?? []).map(({ state }) => state)),
};
