import { authorize, READERS, type Page, type PageRequest, type Viewer } from '@daikaifa/kernel';
import type { Delivery, DeliveryState } from '../domain/delivery';
import type { Destination, DestinationState } from '../domain/destination';
import { LANE_HEALTHY, type LaneHealth } from '../domain/lane';
import type { DeliveryDeps, DeliveryParent } from './delivery-ports';
import { DESTINATION_EDITORS } from './destination-input';

/** What is missing from the map does not exist or belongs to another tenant. */
export const findDestinationsByIds =
  ({ destinations }: Pick<DeliveryDeps, 'destinations'>) =>
  (viewer: Viewer, ids: readonly string[]): Promise<ReadonlyMap<string, Destination>> =>
    destinations.byIds(authorize(viewer, READERS), ids);

export const listDestinationsOfPublishers =
  ({ destinations }: Pick<DeliveryDeps, 'destinations'>) =>
  (
    viewer: Viewer,
    publisherIds: readonly string[],
    query: { readonly states: readonly DestinationState[]; readonly request: PageRequest },
  ): Promise<ReadonlyMap<string, Page<Destination>>> =>
    destinations.pagesByPublisher(authorize(viewer, READERS), publisherIds, query.states, query.request);

/** What a backend answers may repeat what it was sent: for those only who run the backend. */
const shownTo =
  ({ roles }: Viewer) =>
  (delivery: Delivery): Delivery =>
    roles.some((role) => DESTINATION_EDITORS.includes(role))
      ? delivery
      : { ...delivery, attempts: delivery.attempts.map((attempt) => ({ ...attempt, snippet: null })) };

export const findDeliveriesByIds =
  ({ deliveries }: Pick<DeliveryDeps, 'deliveries'>) =>
  async (viewer: Viewer, ids: readonly string[]): Promise<ReadonlyMap<string, Delivery>> => {
    const found = await deliveries.byIds(authorize(viewer, READERS), ids);
    return new Map([...found].map(([id, delivery]) => [id, shownTo(viewer)(delivery)]));
  };

/** One page per parent, read together for all. */
export const listDeliveries =
  ({ deliveries }: Pick<DeliveryDeps, 'deliveries'>) =>
  async (
    viewer: Viewer,
    parent: DeliveryParent,
    query: { readonly states: readonly DeliveryState[]; readonly request: PageRequest },
  ): Promise<ReadonlyMap<string, Page<Delivery>>> => {
    const pages = await deliveries.pagesByParent(authorize(viewer, READERS), parent, query.states, query.request);
    const show = shownTo(viewer);
    return new Map(
      [...pages].map(([id, { items, hasNextPage }]) => [
        id,
        { items: items.map(({ node, cursor }) => ({ node: show(node), cursor })), hasNextPage },
      ]),
    );
  };

export const countDeliveries =
  ({ deliveries }: Pick<DeliveryDeps, 'deliveries'>) =>
  (
    viewer: Viewer,
    destinationIds: readonly string[],
  ): Promise<ReadonlyMap<string, Readonly<Record<DeliveryState, number>>>> =>
    deliveries.counts(authorize(viewer, READERS), destinationIds);

/** Asked for destinations that the viewer has been given already. */
export const findLaneHealth =
  ({ lanes }: Pick<DeliveryDeps, 'lanes'>) =>
  async (destinationIds: readonly string[]): Promise<ReadonlyMap<string, LaneHealth>> => {
    const found = await lanes.healthOf(destinationIds);
    return new Map(destinationIds.map((id) => [id, found.get(id) ?? LANE_HEALTHY]));
  };
