import { z } from 'zod';
import { defineStateTopic } from '../envelope';

export const reviewReasonSchema = z.object({
  /** Field of the reviewed content, or empty for the whole. */
  field: z.string(),
  code: z.string(),
  zh: z.string(),
  en: z.string(),
});

export const reviewItemStateSchema = z.object({
  id: z.string(),
  ticketId: z.string(),
  publisherId: z.string(),
  subject: z.object({
    kind: z.enum(['DELEGATED_TEMPLATE', 'CORP_APP']),
    id: z.string(),
    revisionId: z.string(),
    submissionId: z.string(),
  }),
  /** Of a corp app's item: whose publish status confirms the launch. */
  corpApp: z
    .object({
      templateId: z.string(),
      authorizationId: z.string(),
      epoch: z.number().int().positive(),
      batchId: z.string(),
    })
    .nullable(),
  state: z.enum([
    'PRECHECKING',
    'PRECHECK_FAILED',
    'PENDING',
    'APPROVED',
    'LAUNCHING',
    'LAUNCHED',
    'REJECTED',
    'WITHDRAWN',
    'VOID',
  ]),
  reasons: z.array(reviewReasonSchema),
  verdict: z
    .object({
      decision: z.enum(['APPROVED', 'REJECTED']),
      source: z.enum(['PLATFORM', 'WECOM']),
      decidedBy: z.string(),
      decidedAt: z.iso.datetime(),
    })
    .nullable(),
  launch: z
    .object({
      requestedBy: z.string(),
      requestedAt: z.iso.datetime(),
      /** Since when a person has to confirm or return it; absent while WeCom's signal may still come. */
      waitsForPersonSince: z.iso.datetime().nullable().optional(),
      confirmedBy: z.enum(['SIGNAL', 'PERSON']).nullable(),
      confirmedAt: z.iso.datetime().nullable(),
    })
    .nullable(),
  dueAt: z.iso.datetime(),
  overdue: z.boolean(),
  previousItemId: z.string().nullable(),
});
export type ReviewItemState = z.infer<typeof reviewItemStateSchema>;

export const reviewItemTopic = defineStateTopic({
  producer: 'review',
  aggregate: 'review-item',
  types: [
    'review.item.opened',
    'review.item.prechecked',
    'review.item.precheck-failed',
    'review.item.decided',
    'review.item.verdict-corrected',
    'review.item.launching',
    'review.item.launch-timed-out',
    'review.item.launch-returned',
    'review.item.launched',
    'review.item.withdrawn',
    'review.item.void',
    'review.item.due-soon',
    'review.item.overdue',
    'review.item.erased',
  ],
  state: reviewItemStateSchema,
});
