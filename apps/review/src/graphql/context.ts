import { createLoader, type Loader } from '@daikaifa/graphql';
import type { Page, PageRequest, Viewer } from '@daikaifa/kernel';
import type { UseCases } from '../application/use-cases';
import type { ReviewItem } from '../domain/review-item';
import type { ReviewTicket } from '../domain/review-ticket';

/** The loader for these arguments: all parents of the request, read together. */
type ConnectionLoader<T> = (request: PageRequest) => Loader<Page<T>>;

/** Made anew for each request. */
export interface GraphqlContext {
  readonly viewer: Viewer;
  readonly useCases: UseCases;
  readonly items: Loader<ReviewItem>;
  readonly tickets: Loader<ReviewTicket>;
  readonly itemsOfTicket: Loader<readonly ReviewItem[]>;
  readonly itemsOfSubject: ConnectionLoader<ReviewItem>;
  readonly ticketsOfPublisher: ConnectionLoader<ReviewTicket>;
}

type ListOfParents<T> = (ids: readonly string[], request: PageRequest) => Promise<ReadonlyMap<string, Page<T>>>;

const createConnectionLoader = <T>(list: ListOfParents<T>): ConnectionLoader<T> => {
  const loaders = new Map<string, Loader<Page<T>>>();
  return (request) => {
    const key = JSON.stringify(request);
    const loader = loaders.get(key) ?? createLoader((ids) => list(ids, request));
    loaders.set(key, loader);
    return loader;
  };
};

export const createGraphqlContext = (viewer: Viewer, useCases: UseCases): GraphqlContext => ({
  viewer,
  useCases,
  items: createLoader((ids) => useCases.findItemsByIds(viewer, ids)),
  tickets: createLoader((ids) => useCases.findTicketsByIds(viewer, ids)),
  itemsOfTicket: createLoader((ids) => useCases.findItemsOfTickets(viewer, ids)),
  itemsOfSubject: createConnectionLoader((ids, request) => useCases.listItemsOfSubjects(viewer, ids, request)),
  ticketsOfPublisher: createConnectionLoader((ids, request) => useCases.listTicketsOfPublishers(viewer, ids, request)),
});
