import type { Aggregate } from '@daikaifa/kernel';
import type { CodeDifference } from './code-sets';
import { isOpen, type PermissionRequestState } from './permission-request-table';

/** Which app of which corp; the same in all services. */
export interface AppIdentity {
  readonly publisherId: string;
  readonly templateId: string;
  readonly authorizationId: string;
  readonly suiteId: string;
  /** Encrypted corp id, case-sensitive; empty once the corp was erased. */
  readonly corpId: string;
  readonly epoch: number;
}

/** How a request came to its end. */
export interface RequestEnd {
  /** SIGNAL: WeCom's answer shows it. PERSON: somebody said so. PLATFORM: a rule of ours. */
  readonly by: 'SIGNAL' | 'PERSON' | 'PLATFORM';
  readonly person: string | null;
  readonly at: Date;
  readonly note: string | null;
}

/** One saved edit of the custom permissions (自定义权限申请). */
export interface PermissionRequest {
  readonly id: string;
  /** Rises by one per request of the set. */
  readonly number: number;
  readonly state: PermissionRequestState;
  /** The whole set that was asked for, as far as it has codes. */
  readonly codes: readonly string[];
  /** Permissions without a code: what became of them only a person can see. */
  readonly personItems: readonly string[];
  /** Against what worked when it was asked for. */
  readonly difference: CodeDifference;
  readonly requestedBy: string;
  readonly requestedAt: Date;
  /** When somebody is reminded of it. */
  readonly remindAt: Date;
  readonly stale: boolean;
  /** Since when only the second confirmation is missing. */
  readonly firstConfirmedAt: Date | null;
  readonly end: RequestEnd | null;
  /** When WeCom was seen to have granted it after all. */
  readonly lateGrantedAt: Date | null;
  readonly idempotency: { readonly key: string; readonly fingerprint: string };
}

/**
 * Why the effective set changed.
 * REVOCATION: something was taken away and nothing given. CORP_EDIT: the corp's admin saved another set.
 * EXPIRY: the date that WeCom had named has come.
 */
export const CHANGE_CAUSES = ['FIRST_READING', 'GRANT', 'LATE_GRANT', 'CORP_EDIT', 'REVOCATION', 'EXPIRY'] as const;
export type ChangeCause = (typeof CHANGE_CAUSES)[number];

/** One change of the effective set, as it was observed. */
export interface EffectiveChange extends CodeDifference {
  readonly number: number;
  readonly cause: ChangeCause;
  /** The request that it answers. */
  readonly requestId: string | null;
  /** When the read that saw it began; of an EXPIRY the date itself. */
  readonly readAt: Date;
}

/** A permission that ends by itself. */
export interface PermissionExpiry {
  readonly code: string;
  readonly expiresAt: Date;
}

export interface EffectiveSet {
  readonly codes: readonly string[];
  /** When the read that saw it began. */
  readonly readAt: Date;
  readonly expiries: readonly PermissionExpiry[];
}

/** The permissions of one corp app (代开发应用权限). Its id is the app's. */
export interface PermissionSet extends Aggregate, AppIdentity {
  readonly status: 'ACTIVE' | 'CANCELLED';
  /** Custom permissions that work now; null: never observed, which is not an empty set. */
  readonly effective: EffectiveSet | null;
  /** Oldest first; at most the last one is open. */
  readonly requests: readonly PermissionRequest[];
  /** Oldest first. */
  readonly changes: readonly EffectiveChange[];
  /** What the erasure removed; null while the corp was not erased. */
  readonly erased: { readonly changes: number; readonly notes: number } | null;
}

export type PermissionSetFact = {
  readonly type:
    | 'permission.set-made'
    | 'permission.effective-changed'
    | 'permission.requested'
    | 'permission.second-confirmation'
    | 'permission.granted'
    | 'permission.declined'
    | 'permission.superseded'
    | 'permission.withdrawn'
    | 'permission.void'
    | 'permission.late-grant'
    | 'permission.stale'
    | 'permission.cancelled'
    | 'permission.erased';
};

export const lastRequestOf = ({ requests }: Pick<PermissionSet, 'requests'>): PermissionRequest | null =>
  requests.at(-1) ?? null;

export const openRequestOf = (set: Pick<PermissionSet, 'requests'>): PermissionRequest | null => {
  const last = lastRequestOf(set);
  return last !== null && isOpen(last.state) ? last : null;
};

/** When somebody has to be reminded of the open request; null: nothing waits, or it was said already. */
export const remindAtOf = (set: Pick<PermissionSet, 'requests'>): Date | null => {
  const open = openRequestOf(set);
  return open === null || open.stale ? null : open.remindAt;
};
