import type { EndpointState } from '@daikaifa/contracts';
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
