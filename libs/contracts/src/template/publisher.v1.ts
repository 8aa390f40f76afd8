import { z } from 'zod';
import { defineStateTopic } from '../envelope';

export const publisherStateSchema = z.object({
  id: z.string(),
  kind: z.enum(['SERVICE_PROVIDER', 'PERSONAL_DEVELOPER']),
  name: z.string(),
  status: z.enum(['APPLIED', 'ACTIVE', 'REFUSED', 'SUSPENDED']),
  /** The publisher's own plaintext corp id: the receiveid of every URL verification (reference 1.5). */
  corpId: z.string(),
  testCorps: z.array(z.object({ corpId: z.string(), name: z.string() })),
  ipWhitelist: z.array(z.string()),
  review: z.object({
    verdictSource: z.enum(['PLATFORM', 'WECOM']),
    fourEyes: z.boolean(),
    /** Hours from submission to due, for delegated templates and apps. */
    dueHours: z.number().int().positive(),
    /** Chinese working days instead of the hours; null or absent: the hours count. */
    dueWorkingDays: z.number().int().positive().nullable().optional(),
  }),
});
export type PublisherState = z.infer<typeof publisherStateSchema>;

export const publisherTopic = defineStateTopic({
  producer: 'template',
  aggregate: 'publisher',
  types: ['template.publisher.registered', 'template.publisher.changed'],
  state: publisherStateSchema,
});
