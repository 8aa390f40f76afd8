import { lastEpoch, statusOf, type Observed } from '../../domain/authorization';
import type { AuthorizationEpochResolvers, AuthorizationResolvers, ObservationResolvers } from '../schema.generated';

export const Authorization: AuthorizationResolvers = {
  __resolveReference: ({ id }, { authorizations }) => authorizations.load(id),
  status: (authorization) => statusOf(authorization),
  template: ({ templateId }) => ({ id: templateId }),
  corp: ({ corpId, corp }) => ({ id: corpId, facts: corp }),
  current: (authorization) => lastEpoch(authorization),
  epochs: ({ epochs }) => epochs.toReversed(),
};

export const AuthorizationEpoch: AuthorizationEpochResolvers = {
  secretsDestroyed: ({ sealedPermanentCode }) => sealedPermanentCode === null,
};

const flat = <Value extends object>(part: Observed<Value> | null) => part && { readAt: part.readAt, ...part.value };

export const Observation: ObservationResolvers = {
  agent: ({ agent }) => flat(agent),
  permissions: ({ permissions }) => permissions && { readAt: permissions.readAt, codes: permissions.value },
  publishStatus: ({ publishStatus }) => publishStatus,
  scope: ({ scope }) => flat(scope),
};
