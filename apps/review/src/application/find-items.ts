import { authorize, authorizeTenant, READERS, type Page, type PageRequest, type Viewer } from '@daikaifa/kernel';
import type { ReviewItem } from '../domain/review-item';
import type { ReviewTicket } from '../domain/review-ticket';
import type { Dependencies, ItemFilter } from './ports';

/** What is missing from the map does not exist or belongs to another tenant. */
export const findItemsByIds =
  ({ items }: Pick<Dependencies, 'items'>) =>
  async (viewer: Viewer, ids: readonly string[]): Promise<ReadonlyMap<string, ReviewItem>> =>
    items.byIds(authorize(viewer, READERS), ids);

export const listItems =
  ({ items }: Pick<Dependencies, 'items'>) =>
  async (
    viewer: Viewer,
    query: { readonly filter: ItemFilter; readonly request: PageRequest },
  ): Promise<Page<ReviewItem>> => {
    const { filter, request } = query;
    const { publisherId } = filter;
    const scope =
      publisherId === undefined ? authorize(viewer, READERS) : authorizeTenant(viewer, READERS, publisherId);
    return items.page(scope, filter, request);
  };

/** One page per template or corp app, read together for all. */
export const listItemsOfSubjects =
  ({ items }: Pick<Dependencies, 'items'>) =>
  async (
    viewer: Viewer,
    subjectIds: readonly string[],
    request: PageRequest,
  ): Promise<ReadonlyMap<string, Page<ReviewItem>>> =>
    items.pagesBySubject(authorize(viewer, READERS), subjectIds, request);

export const findItemsOfTickets =
  ({ items }: Pick<Dependencies, 'items'>) =>
  async (viewer: Viewer, ticketIds: readonly string[]): Promise<ReadonlyMap<string, readonly ReviewItem[]>> =>
    items.ofTickets(authorize(viewer, READERS), ticketIds);

export const findTicketsByIds =
  ({ tickets }: Pick<Dependencies, 'tickets'>) =>
  async (viewer: Viewer, ids: readonly string[]): Promise<ReadonlyMap<string, ReviewTicket>> =>
    tickets.byIds(authorize(viewer, READERS), ids);

/** One page per publisher, read together for all. */
export const listTicketsOfPublishers =
  ({ tickets }: Pick<Dependencies, 'tickets'>) =>
  async (
    viewer: Viewer,
    publisherIds: readonly string[],
    request: PageRequest,
  ): Promise<ReadonlyMap<string, Page<ReviewTicket>>> =>
    tickets.pagesByPublisher(authorize(viewer, READERS), publisherIds, request);
