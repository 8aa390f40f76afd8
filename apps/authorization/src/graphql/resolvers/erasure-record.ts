import { stateOf } from '../../domain/erasure-record';
import type { ErasureRecordResolvers, ServiceErasureResolvers } from '../schema.generated';

export const ErasureRecord: ErasureRecordResolvers = {
  __resolveReference: ({ id }, { erasureRecords }) => erasureRecords.load(id),
  authorization: ({ authorizationId }, _args, { authorizations }) => authorizations.load(authorizationId),
  state: (record) => stateOf(record),
  services: ({ services, answers }) => [
    ...answers,
    ...services
      .filter((service) => answers.every((answer) => answer.service !== service))
      .map((service) => ({ service, erasedAt: null, counts: {} })),
  ],
};

export const ServiceErasure: ServiceErasureResolvers = {
  counts: ({ counts }) => Object.entries(counts).map(([kind, count]) => ({ kind, count })),
};
