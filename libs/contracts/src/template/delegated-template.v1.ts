import { z } from 'zod';
import { defineStateTopic } from '../envelope';

export const imageSchema = z.object({
  /** Content address: SHA-256 in lowercase hexadecimal. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  contentType: z.enum(['image/png', 'image/jpeg']),
  widthPx: z.number().int().positive(),
  heightPx: z.number().int().positive(),
  sizeBytes: z.number().int().positive(),
});
export type ImageState = z.infer<typeof imageSchema>;

export const templateContentSchema = z.object({
  logo: imageSchema.nullable(),
  name: z.string().nullable(),
  introduction: z.string().nullable(),
  category: z.string().nullable(),
  targetIndustry: z.string().nullable(),
});
export type TemplateContentState = z.infer<typeof templateContentSchema>;

export const templateRevisionSchema = z.object({
  id: z.string(),
  /** 1, 2, 3 … within the template. */
  number: z.number().int().positive(),
  status: z.enum(['DRAFT', 'IN_REVIEW', 'APPROVED', 'LAUNCHING', 'REJECTED', 'ONLINE']),
  content: templateContentSchema,
  /** Set while and after it was submitted. A revision that is submitted again has a new submission id. */
  submission: z
    .object({ id: z.string(), submittedBy: z.string(), submittedAt: z.iso.datetime(), callbackUrl: z.string() })
    .nullable(),
});
export type TemplateRevisionState = z.infer<typeof templateRevisionSchema>;

export const delegatedTemplateStateSchema = z.object({
  id: z.string(),
  publisherId: z.string(),
  /** Derived, as shown to people. */
  status: z.enum(['DRAFT', 'IN_REVIEW', 'APPROVED', 'REJECTED', 'ONLINE', 'RETIRED', 'DELETED']),
  availability: z.enum(['NEVER_LAUNCHED', 'ONLINE', 'RETIRED', 'DELETED']),
  onlineRevision: templateRevisionSchema.nullable(),
  workingRevision: templateRevisionSchema.nullable(),
});
export type DelegatedTemplateState = z.infer<typeof delegatedTemplateStateSchema>;

export const delegatedTemplateTopic = defineStateTopic({
  producer: 'template',
  aggregate: 'delegated-template',
  types: [
    'template.created',
    'template.edited',
    'template.submitted',
    'template.withdrawn',
    'template.review-failed',
    'template.approved',
    'template.launching',
    'template.launch-returned',
    'template.launched',
    'template.retired',
    'template.deleted',
  ],
  state: delegatedTemplateStateSchema,
});
