import { frameOf, type Stored } from '@daikaifa/mongo';
import type { Endpoint } from '../domain/endpoint';

export type EndpointFields = Pick<
  Endpoint,
  'kind' | 'subject' | 'templateId' | 'corpKey' | 'url' | 'current' | 'next' | 'previous' | 'issues' | 'verifiedAt' | 'health' | 'watched' | 'closedAt'
> & { readonly nextProbeAt?: Date };

export const toDocument = (endpoint: Endpoint): EndpointFields => ({
  kind: endpoint.kind,
  subject: endpoint.subject,
  templateId: endpoint.templateId,
  corpKey: endpoint.corpKey,
  url: endpoint.url,
  current: endpoint.current,
  next: endpoint.next,
  previous: endpoint.previous,
  issues: endpoint.issues,
  verifiedAt: endpoint.verifiedAt,
  health: endpoint.health,
  watched: endpoint.watched,
  ...(endpoint.nextProbeAt !== null && { nextProbeAt: endpoint.nextProbeAt }),
  closedAt: endpoint.closedAt,
});

export const toDomain = (document: Stored<EndpointFields>): Endpoint => ({
  ...frameOf(document),
  kind: document.kind,
  subject: document.subject,
  // Endpoints from before there were apps: their subject is the template.
  templateId: document.templateId ?? document.subject.id,
  corpKey: document.corpKey ?? null,
  url: document.url,
  current: document.current,
  next: document.next,
  previous: document.previous,
  issues: document.issues,
  verifiedAt: document.verifiedAt,
  health: document.health,
  watched: document.watched,
  nextProbeAt: document.nextProbeAt ?? null,
  closedAt: document.closedAt,
});
