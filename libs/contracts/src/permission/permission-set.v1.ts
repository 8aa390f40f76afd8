import { z } from 'zod';
import { defineStateTopic } from '../envelope';

export const permissionRequestStateSchema = z.object({
  id: z.string(),
  state: z.enum([
    'PENDING',
    'PENDING_SECOND',
    'GRANTED',
    'DECLINED',
    'SUPERSEDED',
    'WITHDRAWN',
    'VOID',
  ]),
  /** The whole set of custom permissions that was asked for, sorted codes. */
  codes: z.array(z.string()),
  requestedBy: z.string(),
  requestedAt: z.iso.datetime(),
  /** Nobody has answered for long: a reminder, never a guessed end. */
  stale: z.boolean(),
});

export const permissionSetStateSchema = z.object({
  /** The corp app's id: one set per app. */
  id: z.string(),
  publisherId: z.string(),
  templateId: z.string(),
  authorizationId: z.string(),
  suiteId: z.string(),
  /** Encrypted corp id, case-sensitive; empty once the corp was erased. */
  corpId: z.string(),
  epoch: z.number().int().positive(),
  status: z.enum(['ACTIVE', 'CANCELLED']),
  /** Custom permissions that work now, sorted codes, from the last observation; null: never observed. */
  effective: z.array(z.string()).nullable(),
  /** The newest request, open or ended; null: there never was one. */
  lastRequest: permissionRequestStateSchema.nullable(),
  erased: z.boolean(),
});
export type PermissionSetState = z.infer<typeof permissionSetStateSchema>;

export const permissionSetTopic = defineStateTopic({
  producer: 'permission',
  aggregate: 'permission-set',
  types: [
    'permission.set-made',
    'permission.effective-changed',
    'permission.requested',
    'permission.second-confirmation',
    'permission.granted',
    'permission.declined',
    'permission.superseded',
    'permission.withdrawn',
    'permission.void',
    'permission.late-grant',
    'permission.stale',
    'permission.cancelled',
    'permission.erased',
  ],
  state: permissionSetStateSchema,
});
