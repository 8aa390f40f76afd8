import {
  acceptedOrThrow,
  authorize,
  changeAggregate,
  notFound,
  type Rejection,
  type Result,
  type Viewer,
} from '@daikaifa/kernel';
import type { Destination } from '../domain/destination';
import {
  deleteDestination as decideDelete,
  disableDestination as decideDisable,
  editDestination as decideEdit,
  enableDestination as decideEnable,
  rotateSecret as decideRotate,
  type DestinationChanges,
  type DestinationDecision,
} from '../domain/destination.decide';
import type { DestinationWithSecret } from './create-destination';
import type { DeliveryDeps } from './delivery-ports';
import { DESTINATION, DESTINATION_EDITORS, keyViolations, refuse } from './destination-input';

/** What every mutation of an existing destination names. */
export interface DestinationChange {
  readonly destinationId: string;
  /** The version that the caller has seen; an older one is CONFLICT at once. */
  readonly expectedVersion: number;
}

/** A deleted one is not found. */
const change = (
  { destinations }: Pick<DeliveryDeps, 'destinations'>,
  viewer: Viewer,
  { destinationId: id, expectedVersion }: DestinationChange,
  decide: (destination: Destination) => Result<DestinationDecision, Rejection>,
): Promise<Destination> =>
  changeAggregate(
    destinations,
    { viewer, roles: DESTINATION_EDITORS, what: DESTINATION, id, expectedVersion },
    (destination) => {
      if (destination.state === 'DELETED') {
        throw notFound(DESTINATION, id);
      }
      return decide(destination);
    },
  );

export const editDestination =
  (deps: DeliveryDeps) =>
  (viewer: Viewer, input: DestinationChange & { readonly changes: DestinationChanges }): Promise<Destination> =>
    change(deps, viewer, input, (destination) =>
      decideEdit(destination, input.changes, { requireHttps: deps.requireHttps, types: deps.eventTypes }, deps.clock.now()),
    );

/** What waits goes out at once: the breaker starts anew. */
export const enableDestination =
  (deps: DeliveryDeps) =>
  async (viewer: Viewer, input: DestinationChange): Promise<Destination> => {
    const destination = await change(deps, viewer, input, (current) => decideEnable(current, deps.clock.now()));
    await deps.lanes.reset(destination.id);
    await deps.deliveryWakes.deliver(destination.id);
    return destination;
  };

export const disableDestination =
  (deps: DeliveryDeps) =>
  (viewer: Viewer, input: DestinationChange): Promise<Destination> =>
    change(deps, viewer, input, (destination) => decideDisable(destination, deps.clock.now()));

/** Final; what still waits is DEAD. */
export const deleteDestination =
  (deps: DeliveryDeps) =>
  async (viewer: Viewer, input: DestinationChange): Promise<Destination> => {
    const destination = await change(deps, viewer, input, (current) => decideDelete(current, deps.clock.now()));
    await deps.deliveries.endOf(destination.id, 'DESTINATION_DELETED', deps.clock.now());
    return destination;
  };

/** A new secret, shown this once; the old one signs beside it for a while. */
export const rotateDestinationSecret =
  (deps: DeliveryDeps) =>
  async (
    viewer: Viewer,
    input: { readonly destinationId: string; readonly idempotencyKey: string },
  ): Promise<DestinationWithSecret> => {
    const scope = authorize(viewer, DESTINATION_EDITORS);
    const { destinationId, idempotencyKey } = input;
    refuse(keyViolations(idempotencyKey));
    const now = deps.clock.now();
    const { sealed, secret } = deps.secretVault.issue(destinationId, deps.newId(), now);
    let isIssued = false;
    const destination = await deps.destinations.update(scope, destinationId, (current) => {
      if (current.state === 'DELETED') {
        throw notFound(DESTINATION, destinationId);
      }
      const command = { secret: sealed, idempotencyKey, overlapMs: deps.deliveryLimits.secretOverlapMs };
      const decision = acceptedOrThrow(decideRotate(current, command, now));
      isIssued = decision !== null;
      return decision;
    });
    if (destination === null) {
      throw notFound(DESTINATION, destinationId);
    }
    return { destination, secret: isIssued ? secret : null };
  };
