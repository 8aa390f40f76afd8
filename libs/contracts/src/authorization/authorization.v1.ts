import { z } from 'zod';
import { defineStateTopic } from '../envelope';

const readAt = z.iso.datetime();

/** What one re-read of WeCom saw. A part that could not be read keeps its previous value. */
export const observationSchema = z.object({
  agent: z
    .object({
      readAt,
      value: z.object({
        agentId: z.number().int(),
        name: z.string(),
        description: z.string(),
        homeUrl: z.string(),
        redirectDomain: z.string(),
        squareLogoUrl: z.string(),
      }),
    })
    .nullable(),
  permissions: z
    .object({
      readAt,
      value: z.array(z.string()),
      /** Those of them that end by themselves, and when (app_permissions_ext). */
      expiries: z.array(z.object({ code: z.string(), expiresAt: z.iso.datetime() })).nullable().optional(),
    })
    .nullable(),
  /** customized_publish_status: 0 待开发, 1 开发中, 2 已上线, 3 已上线 with an unpublished newer version. */
  publishStatus: z.object({ readAt, value: z.number().int() }).nullable(),
  /** Counts and a hash only; member ids stay with the authorization service. */
  scope: z
    .object({
      readAt,
      value: z.object({
        users: z.number().int(),
        parties: z.number().int(),
        tags: z.number().int(),
        hash: z.string(),
      }),
    })
    .nullable(),
});
export type ObservationState = z.infer<typeof observationSchema>;

export const epochSchema = z.object({
  epoch: z.number().int().positive(),
  status: z.enum(['ACTIVE', 'CANCELLED']),
  grantedAt: z.iso.datetime(),
  cancelledAt: z.iso.datetime().nullable(),
  enabled: z.boolean(),
  disabledReason: z.enum(['BY_CORP', 'INACTIVE']).nullable(),
  mode: z.enum(['ADMIN', 'MEMBER']),
  environment: z.enum(['FORMAL', 'TEST']),
  /** LIST: compared with the publisher's test corps. PERSON: marked by one. UNDECIDED: neither, so FORMAL. */
  environmentBasis: z.enum(['LIST', 'PERSON', 'UNDECIDED']).nullable().optional(),
  linkState: z.string().nullable(),
  observation: observationSchema,
});
export type EpochState = z.infer<typeof epochSchema>;

export const authorizationStateSchema = z.object({
  id: z.string(),
  publisherId: z.string(),
  templateId: z.string(),
  suiteId: z.string(),
  /** Encrypted corp id (密文 corpid): case-sensitive, never re-cased. */
  corpId: z.string(),
  status: z.enum(['ACTIVE', 'CANCELLED']),
  epochs: z.array(epochSchema).min(1),
});
export type AuthorizationState = z.infer<typeof authorizationStateSchema>;

export const authorizationTopic = defineStateTopic({
  producer: 'authorization',
  aggregate: 'authorization',
  types: [
    'authorization.granted',
    'authorization.observed',
    'authorization.rotated',
    'authorization.marked-test',
    'authorization.cancelled',
  ],
  state: authorizationStateSchema,
});
