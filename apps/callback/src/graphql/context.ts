import { createLoader, type Loader } from '@daikaifa/graphql';
import type { Page, PageRequest, Viewer } from '@daikaifa/kernel';
import type { DeliveryParent } from '../application/delivery-ports';
import type { UseCases } from '../application/use-cases';
import type { Delivery, DeliveryState } from '../domain/delivery';
import type { Destination, DestinationState } from '../domain/destination';
import type { Endpoint } from '../domain/endpoint';
import type { LaneHealth } from '../domain/lane';
import type { Receipt } from '../domain/receipt';
import type { Refusal } from '../domain/refusal';

/** Made anew for each request. */
export interface GraphqlContext {
  readonly viewer: Viewer;
  readonly useCases: UseCases;
  readonly endpoints: Loader<Endpoint>;
  /** By the app's id. */
  readonly endpointsOfApps: Loader<Endpoint>;
  /** The loader for these arguments: all endpoints of the request, read together. */
  readonly refusalsOf: (request: PageRequest) => Loader<Page<Refusal>>;
  readonly receiptsOf: (request: PageRequest) => Loader<Page<Receipt>>;

  readonly destinations: Loader<Destination>;
  readonly deliveries: Loader<Delivery>;
  readonly laneHealth: Loader<LaneHealth>;
  readonly deliveryCounts: Loader<Readonly<Record<DeliveryState, number>>>;
  readonly destinationsOf: (query: DestinationQuery) => Loader<Page<Destination>>;
  readonly deliveriesOf: (query: DeliveryQuery) => Loader<Page<Delivery>>;
}

export interface DestinationQuery {
  readonly states: readonly DestinationState[];
  readonly request: PageRequest;
}

export interface DeliveryQuery {
  readonly parent: DeliveryParent['field'];
  readonly states: readonly DeliveryState[];
  readonly request: PageRequest;
}

/** One loader per set of arguments. */
const perArguments = <T, Arguments = PageRequest>(make: (given: Arguments) => Loader<T>): ((given: Arguments) => Loader<T>) => {
  const loaders = new Map<string, Loader<T>>();
  return (given) => {
    const key = JSON.stringify(given);
    const loader = loaders.get(key) ?? make(given);
    loaders.set(key, loader);
    return loader;
  };
};

export const createGraphqlContext = (viewer: Viewer, useCases: UseCases): GraphqlContext => ({
  viewer,
  useCases,
  endpoints: createLoader((ids) => useCases.findEndpointsByIds(viewer, ids)),
  endpointsOfApps: createLoader((ids) => useCases.findEndpointsOfApps(viewer, ids)),
  refusalsOf: perArguments((request) => createLoader((ids) => useCases.listRefusals(viewer, ids, request))),
  receiptsOf: perArguments((request) => createLoader((ids) => useCases.listReceipts(viewer, ids, request))),

  destinations: createLoader((ids) => useCases.findDestinationsByIds(viewer, ids)),
  deliveries: createLoader((ids) => useCases.findDeliveriesByIds(viewer, ids)),
  laneHealth: createLoader((ids) => useCases.findLaneHealth(ids)),
  deliveryCounts: createLoader((ids) => useCases.countDeliveries(viewer, ids)),
  destinationsOf: perArguments((query: DestinationQuery) =>
    createLoader((ids) => useCases.listDestinationsOfPublishers(viewer, ids, query)),
  ),
  deliveriesOf: perArguments(({ parent, ...query }: DeliveryQuery) =>
    createLoader((ids) => useCases.listDeliveries(viewer, { field: parent, ids }, query)),
  ),
});
