import { z } from 'zod';
import { defineStateTopic } from '../envelope';

export const HEALTH_REASONS = [
  'NO_KEYS',
  'WRONG_KEY',
  'NAME_NOT_RESOLVED',
  'UNREACHABLE',
  'TLS',
  'TOO_SLOW',
  'WRONG_STATUS',
  'WRONG_ANSWER',
  'ADDRESS_REFUSED',
] as const;

export const endpointStateSchema = z.object({
  id: z.string(),
  publisherId: z.string(),
  kind: z.enum(['SUITE', 'APP']),
  subject: z.object({ kind: z.enum(['DELEGATED_TEMPLATE', 'CORP_APP']), id: z.string() }),
  url: z.string(),
  keysIssued: z.boolean(),
  /** When WeCom's GET verification was last answered with the current keys. */
  verifiedAt: z.iso.datetime().nullable(),
  health: z.object({
    status: z.enum(['UNKNOWN', 'HEALTHY', 'UNHEALTHY']),
    reason: z.enum(HEALTH_REASONS).nullable(),
    checkedAt: z.iso.datetime().nullable(),
  }),
  closed: z.boolean(),
});
export type EndpointState = z.infer<typeof endpointStateSchema>;

export const endpointTopic = defineStateTopic({
  producer: 'callback',
  aggregate: 'endpoint',
  types: [
    'callback.endpoint.made',
    'callback.endpoint.keys-issued',
    'callback.endpoint.verified',
    'callback.endpoint.probed',
    'callback.endpoint.closed',
  ],
  state: endpointStateSchema,
});
