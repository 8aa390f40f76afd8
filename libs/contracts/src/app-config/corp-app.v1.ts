import { z } from 'zod';
import { defineStateTopic } from '../envelope';
import { imageSchema } from '../template/delegated-template.v1';

const miniProgramSchema = z.object({
  appId: z.string(),
  name: z.string(),
  /** A person's word that it is published on WeChat's platform; no machine can tell. */
  published: z.boolean(),
});

const menuEntrySchema = z.object({
  name: z.string(),
  kind: z.enum(['URL', 'CLICK', 'MINI_PROGRAM']),
  /** Address, event key or path of the page, by kind. */
  target: z.string(),
});

export const menuSchema = z.array(
  z.object({
    name: z.string(),
    /** Null for an entry that only opens its children. */
    entry: menuEntrySchema.omit({ name: true }).nullable(),
    children: z.array(menuEntrySchema),
  }),
);

/** What the provider writes for one corp's app (seed 36689, 开始代开发应用). A draft may lack any of it. */
export const corpAppContentSchema = z.object({
  logo: imageSchema.nullable(),
  name: z.string().nullable(),
  introduction: z.string().nullable(),
  homePageUrl: z.string().nullable(),
  miniProgram: miniProgramSchema.nullable(),
  menu: menuSchema,
  trustedDomain: z.string().nullable(),
  ipWhitelist: z.array(z.string()),
  /** TEMPLATE: the app shares the template's endpoint; OWN: the callback service makes one for it. */
  callback: z.enum(['TEMPLATE', 'OWN']),
});
export type CorpAppContentState = z.infer<typeof corpAppContentSchema>;

export const corpAppRevisionSchema = z.object({
  id: z.string(),
  number: z.number().int().positive(),
  status: z.enum(['DRAFT', 'IN_REVIEW', 'APPROVED', 'LAUNCHING', 'REJECTED', 'ONLINE']),
  content: corpAppContentSchema,
  submission: z
    .object({
      id: z.string(),
      submittedBy: z.string(),
      submittedAt: z.iso.datetime(),
      callbackUrl: z.string(),
      /** Apps of one template that were submitted together; the review makes one ticket of them. */
      batchId: z.string(),
      /** How the trusted domain stood when it was submitted; FILE_MISSING: OAuth2 only, a warning. */
      trustedDomainProof: z.enum(['PROVED', 'FILE_MISSING', 'NOT_CHECKED']),
      /** Whether the same template was tried in a test corp before. */
      selfTested: z.boolean(),
    })
    .nullable(),
});
export type CorpAppRevisionState = z.infer<typeof corpAppRevisionSchema>;

export const corpAppStateSchema = z.object({
  /** `corpAppIdOf` its authorization and epoch. */
  id: z.string(),
  publisherId: z.string(),
  templateId: z.string(),
  authorizationId: z.string(),
  suiteId: z.string(),
  /** Encrypted corp id, case-sensitive; empty once the corp was erased. */
  corpId: z.string(),
  epoch: z.number().int().positive(),
  environment: z.enum(['FORMAL', 'TEST']),
  /** As the provider sees it, derived from the revisions and the publish status. */
  status: z.enum(['TO_DEVELOP', 'DEVELOPING', 'IN_REVIEW', 'APPROVED', 'ONLINE', 'CANCELLED']),
  enabled: z.boolean(),
  onlineRevision: corpAppRevisionSchema.nullable(),
  workingRevision: corpAppRevisionSchema.nullable(),
  /** WeCom's customized_publish_status as last observed. */
  publishStatus: z.number().int().nullable(),
  erased: z.boolean(),
});
export type CorpAppState = z.infer<typeof corpAppStateSchema>;

export const corpAppTopic = defineStateTopic({
  producer: 'app-config',
  aggregate: 'corp-app',
  types: [
    'corp-app.created',
    'corp-app.started',
    'corp-app.edited',
    'corp-app.submitted',
    'corp-app.withdrawn',
    'corp-app.review-failed',
    'corp-app.approved',
    'corp-app.launching',
    'corp-app.launch-returned',
    'corp-app.launched',
    'corp-app.observed',
    'corp-app.drifted',
    'corp-app.cancelled',
    'corp-app.erased',
  ],
  state: corpAppStateSchema,
});
