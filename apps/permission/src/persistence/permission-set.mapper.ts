import { frameOf, type Stored } from '@daikaifa/mongo';
import { nextExpiryOf } from '../domain/expiry';
import type { AnswerableSet } from '../domain/may-call';
import { remindAtOf, type EffectiveSet, type PermissionSet } from '../domain/permission-set';

/** `remindAt` and `expireAt` are derived; they are stored for the sweeps alone. */
export type PermissionSetFields = Pick<
  PermissionSet,
  | 'templateId'
  | 'authorizationId'
  | 'suiteId'
  | 'corpId'
  | 'epoch'
  | 'status'
  | 'effective'
  | 'requests'
  | 'changes'
  | 'erased'
> & { readonly remindAt: Date | undefined; readonly expireAt: Date | undefined };

/** What was read before permissions had an end has none. */
const effectiveOf = ({ effective }: Pick<PermissionSetFields, 'effective'>): EffectiveSet | null =>
  effective && { ...effective, expiries: effective.expiries ?? [] };

export const toDocument = (set: PermissionSet): PermissionSetFields => ({
  templateId: set.templateId,
  authorizationId: set.authorizationId,
  suiteId: set.suiteId,
  corpId: set.corpId,
  epoch: set.epoch,
  status: set.status,
  effective: set.effective,
  requests: set.requests,
  changes: set.changes,
  erased: set.erased,
  remindAt: remindAtOf(set) ?? undefined,
  expireAt: nextExpiryOf(set) ?? undefined,
});

export const toDomain = (document: Stored<PermissionSetFields>): PermissionSet => ({
  ...frameOf(document),
  templateId: document.templateId,
  authorizationId: document.authorizationId,
  suiteId: document.suiteId,
  corpId: document.corpId,
  epoch: document.epoch,
  status: document.status,
  effective: effectiveOf(document),
  requests: document.requests,
  changes: document.changes,
  erased: document.erased,
});

/** Fields of `toAnswerable`. */
export const ANSWERABLE_FIELDS = { tenant: 1, status: 1, effective: 1 } as const;

export const toAnswerable = (
  document: Pick<Stored<PermissionSetFields>, '_id' | 'tenant' | 'status' | 'effective'>,
): AnswerableSet => ({
  id: document._id,
  publisherId: document.tenant,
  status: document.status,
  effective: effectiveOf(document),
});
