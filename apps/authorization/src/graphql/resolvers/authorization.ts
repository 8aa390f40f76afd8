import { pageRequest, toConnection } from '@daikaifa/graphql';
import { erasureRecordIdOf } from '../../application/content-id';
import { lastEpoch, statusOf, type Observed } from '../../domain/authorization';
import type { AuthorizationEpochResolvers, AuthorizationResolvers, ObservationResolvers } from '../schema.generated';

export const Authorization: AuthorizationResolvers = {
  __resolveReference: ({ id }, { authorizations }) => authorizations.load(id),
  status: (authorization) => statusOf(authorization),
  template: ({ templateId }) => ({ id: templateId }),
  corp: ({ corpId, corp }) => ({ id: corpId, facts: corp }),
  current: (authorization) => ({ ...lastEpoch(authorization), authorizationId: authorization.id }),
  epochs: ({ id, epochs }) => epochs.toReversed().map((epoch) => ({ ...epoch, authorizationId: id })),
  erasures: async ({ id }, page, { erasuresOf }) =>
    toConnection((await erasuresOf(pageRequest(page)).load(id)) ?? { items: [], hasNextPage: false }),
};

export const AuthorizationEpoch: AuthorizationEpochResolvers = {
  erasure: ({ authorizationId, epoch, status }, _args, { erasureRecords }) =>
    status === 'ACTIVE' ? null : erasureRecords.load(erasureRecordIdOf(authorizationId, epoch)),
  secretsDestroyed: ({ sealedPermanentCode }) => sealedPermanentCode === null,
};

const flat = <Value extends object>(part: Observed<Value> | null) => part && { readAt: part.readAt, ...part.value };

export const Observation: ObservationResolvers = {
  agent: ({ agent }) => flat(agent),
  permissions: ({ permissions, expiries }) =>
    permissions && { readAt: permissions.readAt, codes: permissions.value, expiries: expiries?.value ?? [] },
  publishStatus: ({ publishStatus }) => publishStatus,
  scope: ({ scope }) => flat(scope),
};
