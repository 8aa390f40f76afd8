import type { AuthorizationState, EpochState, ObservationState } from '@daikaifa/contracts';
import { statusOf, type Authorization, type Epoch, type Observation, type Observed } from '../domain/authorization';

const observed = <Value, State>(
  part: Observed<Value> | null,
  toState: (value: Value) => State,
): { readAt: string; value: State } | null =>
  part && { readAt: part.readAt.toISOString(), value: toState(part.value) };

const observationState = ({ agent, permissions, expiries, publishStatus, scope }: Observation): ObservationState => ({
  agent: observed(agent, ({ agentId, name, description, homeUrl, redirectDomain, squareLogoUrl }) => ({
    agentId,
    name,
    description,
    homeUrl,
    redirectDomain,
    squareLogoUrl,
  })),
  permissions: permissions && {
    readAt: permissions.readAt.toISOString(),
    value: [...permissions.value],
    expiries: (expiries?.value ?? []).map(({ code, expiresAt }) => ({ code, expiresAt: expiresAt.toISOString() })),
  },
  publishStatus: observed(publishStatus, (value) => value),
  scope: observed(scope, ({ users, parties, tags, hash }) => ({ users, parties, tags, hash })),
});

const epochState = (epoch: Epoch): EpochState => ({
  epoch: epoch.epoch,
  status: epoch.status,
  grantedAt: epoch.grantedAt.toISOString(),
  cancelledAt: epoch.cancelledAt?.toISOString() ?? null,
  enabled: epoch.enabled,
  disabledReason: epoch.disabledReason,
  mode: epoch.mode,
  environment: epoch.environment,
  environmentBasis: epoch.environmentBasis,
  linkState: epoch.linkState,
  observation: observationState(epoch.observation),
});

/** Named field by field: neither a secret nor the corp's name leaves the service. */
export const authorizationState = (authorization: Authorization): AuthorizationState => ({
  id: authorization.id,
  publisherId: authorization.publisherId,
  templateId: authorization.templateId,
  suiteId: authorization.suiteId,
  corpId: authorization.corpId,
  status: statusOf(authorization),
  epochs: authorization.epochs.map(epochState),
});
