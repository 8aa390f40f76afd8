import type { DestinationState, EndpointState } from '@daikaifa/contracts';
import type { Destination } from '../domain/destination';
import type { Endpoint } from '../domain/endpoint';

/** What other services see of an endpoint: never a key. */
export const endpointState = (endpoint: Endpoint): EndpointState => ({
  id: endpoint.id,
  publisherId: endpoint.publisherId,
  kind: endpoint.kind,
  subject: endpoint.subject,
  url: endpoint.url,
  keysIssued: endpoint.current !== null,
  verifiedAt: endpoint.verifiedAt?.toISOString() ?? null,
  health: {
    status: endpoint.health.status,
    reason: endpoint.health.reason,
    checkedAt: endpoint.health.checkedAt?.toISOString() ?? null,
  },
  closed: endpoint.closedAt !== null,
});

/** What others see of a destination: neither its address nor its secrets. */
export const destinationState = (destination: Destination): DestinationState => ({
  id: destination.id,
  publisherId: destination.publisherId,
  name: destination.name,
  state: destination.state,
  disabledReason: destination.disabledReason,
  activatedAt: destination.activatedAt?.toISOString() ?? null,
  stoppedAt: destination.stoppedAt?.toISOString() ?? null,
});
