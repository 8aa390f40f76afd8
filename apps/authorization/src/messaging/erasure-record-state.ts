import type { ErasureRecordState } from '@daikaifa/contracts';
import { stateOf, type ErasureRecord } from '../domain/erasure-record';

/** Named field by field; no corp id is in it. */
export const erasureRecordState = (record: ErasureRecord): ErasureRecordState => {
  const answers = new Map(record.answers.map((answer) => [answer.service, answer]));
  return {
    id: record.id,
    publisherId: record.publisherId,
    templateId: record.templateId,
    suiteId: record.suiteId,
    authorizationId: record.authorizationId,
    epoch: record.epoch,
    state: stateOf(record),
    cancelledAt: record.cancelledAt.toISOString(),
    dueAt: record.dueAt.toISOString(),
    completedAt: record.completedAt?.toISOString() ?? null,
    kafkaEmptyAt: record.kafkaEmptyAt.toISOString(),
    services: [...new Set([...record.services, ...answers.keys()])].map((service) => {
      const answer = answers.get(service);
      return { service, erasedAt: answer?.erasedAt.toISOString() ?? null, counts: { ...answer?.counts } };
    }),
  };
};
