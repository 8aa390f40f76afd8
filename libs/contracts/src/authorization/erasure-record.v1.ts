import { z } from 'zod';
import { defineStateTopic } from '../envelope';

/** What became of one corp's data after its cancellation, as authorization gathered it from all services. */
export const erasureRecordStateSchema = z.object({
  /** Derived from authorization and epoch. */
  id: z.string(),
  publisherId: z.string(),
  templateId: z.string(),
  suiteId: z.string(),
  authorizationId: z.string(),
  epoch: z.number().int().positive(),
  state: z.enum(['ERASING', 'OVERDUE', 'ERASED']),
  cancelledAt: z.iso.datetime(),
  dueAt: z.iso.datetime(),
  completedAt: z.iso.datetime().nullable(),
  /** When Kafka no longer holds anything of the corp that it keeps for a time only. */
  kafkaEmptyAt: z.iso.datetime(),
  /** One per service that has to answer, or has answered. */
  services: z.array(
    z.object({
      service: z.string(),
      erasedAt: z.iso.datetime().nullable(),
      counts: z.record(z.string(), z.number().int().nonnegative()),
    }),
  ),
});
export type ErasureRecordState = z.infer<typeof erasureRecordStateSchema>;

export const erasureRecordTopic = defineStateTopic({
  producer: 'authorization',
  aggregate: 'erasure-record',
  types: ['erasure.opened', 'erasure.answered', 'erasure.completed', 'erasure.overdue'],
  state: erasureRecordStateSchema,
});
