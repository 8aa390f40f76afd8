/** All times are milliseconds of the sandbox clock. Corp and member ids here are the plaintext ones. */

export interface Provider {
  /** The provider's own plaintext corpid. */
  readonly id: string;
  readonly name: string;
  readonly providerSecret: string;
  /** Empty: every address may call. Entries may end in `*`. */
  readonly ipWhitelist: readonly string[];
  readonly testCorpIds: readonly string[];
  readonly createdAt: number;
}

export interface Member {
  readonly userId: string;
  readonly name: string;
  readonly admin: boolean;
  readonly departmentIds: readonly number[];
}

export interface Department {
  readonly id: number;
  readonly name: string;
}

export interface Corp {
  readonly id: string;
  readonly name: string;
  readonly verified: boolean;
  readonly industry: string;
  readonly departments: readonly Department[];
  readonly members: readonly Member[];
  readonly nextAgentId: number;
  readonly createdAt: number;
}

export interface Template {
  /** suite_id, `dk…`. */
  readonly id: string;
  readonly providerId: string;
  readonly name: string;
  readonly intro: string;
  readonly suiteSecret: string;
  readonly callbackUrl: string;
  readonly token: string;
  readonly encodingAesKey: string;
  readonly callbackVerifiedAt: number;
  readonly online: boolean;
  /** The QR of this template alone; exists from the first launch on. */
  readonly linkId?: string;
  readonly lastTicketAt: number;
  readonly createdAt: number;
}

/** What an authorization QR stands for. */
export interface AuthorizationLink {
  readonly id: string;
  readonly providerId: string;
  readonly suiteIds: readonly string[];
  readonly state: string;
  /** Absent for the QR of a launched template, which does not expire. */
  readonly expiresAt?: number;
  readonly createdAt: number;
}

/** 0 authorized, 1 in development, 2 online, 3 online with an unpublished version. */
export type PublishStatus = 0 | 1 | 2 | 3;

/** One template's app in one corp. A new authorization after a cancellation is a new installation. */
export interface Installation {
  readonly id: string;
  readonly providerId: string;
  readonly suiteId: string;
  readonly corpId: string;
  readonly agentId: number;
  readonly name: string;
  readonly intro: string;
  readonly state: string;
  readonly installedBy: string;
  /** Absent until the auth code was exchanged. */
  readonly permanentCode?: string;
  readonly cancelledAt?: number;
  readonly closed: boolean;
  readonly publishStatus: PublishStatus;
  readonly allowUsers: readonly string[];
  readonly allowParties: readonly number[];
  readonly allowTags: readonly number[];
  readonly permissions: readonly string[];
  readonly createdAt: number;
}

/** Single use: exchanged for a permanent code. `id` is the code. */
export interface AuthCode {
  readonly id: string;
  readonly suiteId: string;
  readonly installationId: string;
  readonly expiresAt: number;
  readonly usedAt?: number;
}

export type TokenKind = 'provider' | 'suite' | 'app';

/** `id` is the token; `ownerId` a provider's corpid, a suite_id or an installation. */
export interface AccessToken {
  readonly id: string;
  readonly kind: TokenKind;
  readonly ownerId: string;
  readonly expiresAt: number;
  /** Withdrawn early: the secret it was bought with was reset. */
  readonly revoked: boolean;
}

export interface SuiteTicket {
  readonly id: string;
  readonly suiteId: string;
  readonly expiresAt: number;
}

/** 密文 id of a corp or member, the same for all templates of one provider. `id` is the encrypted one. */
export interface EncryptedId {
  readonly id: string;
  /** provider, kind and plaintext in one, for the way there. */
  readonly key: string;
  readonly providerId: string;
  readonly kind: 'corp' | 'user';
  readonly corpId: string;
  readonly plain: string;
}

export type InfoType = 'suite_ticket' | 'create_auth' | 'change_auth' | 'cancel_auth' | 'reset_permanent_code';

export interface PushAttempt {
  readonly at: number;
  /** 1 for the push itself, 2… for copies made by a `duplicate` fault or a re-send by hand. */
  readonly copy: number;
  readonly status?: number;
  readonly ms: number;
  /** The start of the answer's body, or why there is none. */
  readonly answer: string;
  readonly ok: boolean;
}

/** REFUSED: answered with 200 but not with `success`. DROPPED: lost by a fault on order. */
export type PushOutcome = 'PENDING' | 'DELIVERED' | 'REFUSED' | 'FAILED' | 'DROPPED';

export interface Push {
  readonly id: string;
  readonly suiteId: string;
  readonly infoType: InfoType;
  /** The plaintext XML; encrypted anew for every send. */
  readonly xml: string;
  readonly corpId?: string;
  readonly attempts: readonly PushAttempt[];
  readonly outcome: PushOutcome;
  readonly createdAt: number;
}

export type FaultKind = 'drop' | 'delay' | 'duplicate' | 'reorder' | 'hold' | 'error';

export interface Fault {
  readonly id: string;
  readonly target: 'api' | 'push';
  /** A path (`/cgi-bin/gettoken`), an InfoType, or `*`. */
  readonly match: string;
  /** Only calls or pushes of this suite_id, corpid or provider; absent: all. */
  readonly subject?: string;
  readonly kind: FaultKind;
  readonly times: number;
  readonly mode: 'before' | 'after';
  readonly delayMs: number;
  readonly errcode: number;
  readonly copies: number;
  /** `reorder`: which InfoType lets the held push go. */
  readonly until: string;
  readonly hits: number;
  readonly createdAt: number;
}

/** Repeated wrong secrets from one address. `id` is path and address. */
export interface SecretAttempts {
  readonly id: string;
  readonly path: string;
  readonly ip: string;
  readonly wrong: number;
  readonly windowStart: number;
  readonly bannedUntil: number;
}

/** Everything secret that was ever given out or typed in. `id` is the value. */
export interface GivenSecret {
  readonly id: string;
  readonly kind: string;
  readonly owner: string;
  readonly at: number;
}
