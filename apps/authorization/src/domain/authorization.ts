import type { Aggregate } from '@daikaifa/kernel';

export type AuthorizationStatus = 'ACTIVE' | 'CANCELLED';
export type AuthorizationMode = 'ADMIN' | 'MEMBER';
export type AuthorizationEnvironment = 'FORMAL' | 'TEST';
/**
 * Why an epoch is TEST or FORMAL.
 * LIST: it was compared with the publisher's test corps. PERSON: somebody has marked it. UNDECIDED: there was nothing to
 * compare with, or WeCom did not say which corp an entry is; it counts as FORMAL until somebody marks it.
 */
export type EnvironmentBasis = 'LIST' | 'PERSON' | 'UNDECIDED';
export type DisabledReason = 'BY_CORP' | 'INACTIVE';

/** One part of what WeCom told, and when the read that brought it began. */
export interface Observed<Value> {
  readonly value: Value;
  readonly readAt: Date;
}

export interface AgentFields {
  readonly agentId: number;
  readonly name: string;
  readonly description: string;
  readonly homeUrl: string;
  readonly redirectDomain: string;
  readonly squareLogoUrl: string;
}

/** Of the visible range only counts and a hash are kept. */
export interface ScopeSummary {
  readonly users: number;
  readonly parties: number;
  readonly tags: number;
  readonly hash: string;
}

/** A permission that ends by itself. */
export interface PermissionExpiry {
  readonly code: string;
  readonly expiresAt: Date;
}

export interface Observation {
  readonly agent: Observed<AgentFields> | null;
  readonly permissions: Observed<readonly string[]> | null;
  /** Which of the permissions end by themselves; read with them. */
  readonly expiries: Observed<readonly PermissionExpiry[]> | null;
  readonly publishStatus: Observed<number> | null;
  readonly scope: Observed<ScopeSummary> | null;
}

/** What one re-read saw. An absent part keeps its previous value: what could not be read is not empty. */
export interface Reading {
  readonly agent?: AgentFields;
  readonly permissions?: readonly string[];
  readonly expiries?: readonly PermissionExpiry[];
  readonly publishStatus?: number;
  readonly scope?: ScopeSummary;
  readonly enabled?: boolean;
  readonly disabledReason?: DisabledReason;
  readonly mode?: AuthorizationMode;
  readonly corp?: CorpFacts;
  /** A part could not be read for a reason that may pass: it is read again. */
  readonly isPartial?: boolean;
}

export interface CorpFacts {
  readonly name: string;
  readonly fullName: string | null;
  readonly type: string | null;
  readonly industry: string | null;
  readonly scale: string | null;
}

/** From one scan to its cancellation. */
export interface Epoch {
  readonly epoch: number;
  readonly status: AuthorizationStatus;
  readonly grantedAt: Date;
  readonly cancelledAt: Date | null;
  readonly enabled: boolean;
  readonly disabledReason: DisabledReason | null;
  readonly mode: AuthorizationMode;
  readonly environment: AuthorizationEnvironment;
  readonly environmentBasis: EnvironmentBasis;
  /** Who has marked it, where the basis is PERSON. */
  readonly environmentMark: { readonly markedBy: string; readonly markedAt: Date } | null;
  readonly linkState: string | null;
  /** WeCom's TimeStamp of the event whose code brought the stored secret: newer events win. */
  readonly credentialsCausedAt: Date;
  /** The permanent code, sealed; null once destroyed. */
  readonly sealedPermanentCode: string | null;
  /**
   * The one before, sealed, until WeCom has taken the new one: when a replaced secret stops working, and whether the
   * new one works at once, is not documented (doc 97175).
   */
  readonly replacedPermanentCode: string | null;
  /** Whose answers this epoch took in, so that none is taken in twice after a crash. */
  readonly exchangeIds: readonly string[];
  /** Since when WeCom refuses the stored secret without a cancel_auth having come. */
  readonly suspectSince: Date | null;
  /** What went with the cancellation, counted for the erasure record; null while the epoch is live. */
  readonly destroyed: { readonly permanentCodes: number; readonly corps: number } | null;
  readonly observation: Observation;
}

/** A review item that is LAUNCHING: the publish status confirms it when it was read after the launch was asked for. */
export interface LaunchWatch {
  readonly itemId: string;
  readonly requestedAt: Date;
  /** Reads since then that did not show it. */
  readonly polls: number;
}

/** When WeCom is to be read again. A live epoch always has a due date: what no event told is found by the routine. */
export interface RereadPlan {
  readonly dueAt: Date | null;
  /** change_auth has second resolution: one more read follows two seconds after the last event. */
  readonly followUpAt: Date | null;
  /** Reads in a row that came to nothing. */
  readonly failures: number;
  readonly launch: LaunchWatch | null;
}

/** One corp and one template. At most one epoch is live, and it is the last one. */
export interface Authorization extends Aggregate {
  readonly templateId: string;
  readonly suiteId: string;
  /** Encrypted corp id (密文 corpid), case-sensitive. */
  readonly corpId: string;
  /** Erased with the last epoch. */
  readonly corp: CorpFacts | null;
  readonly epochs: readonly Epoch[];
  readonly reread: RereadPlan;
  /** When the last read began that left nothing out. */
  readonly lastReadAt: Date | null;
  /** When something was last found to be different from what was stored. */
  readonly lastChangeSeenAt: Date | null;
}

export const lastEpoch = (authorization: Authorization): Epoch => {
  const last = authorization.epochs.at(-1);
  if (last === undefined) {
    throw new Error(`authorization ${authorization.id} has no epoch`);
  }
  return last;
};

export const liveEpoch = (authorization: Authorization): Epoch | null => {
  const last = lastEpoch(authorization);
  return last.status === 'ACTIVE' ? last : null;
};

export const statusOf = (authorization: Authorization): AuthorizationStatus => lastEpoch(authorization).status;
