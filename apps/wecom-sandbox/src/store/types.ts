import type { ReviewState } from '../rules/app-steps';
import type { AppCallback, AppVersion, PassiveReply } from './app-types';

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
  /** When providers set a trusted domain for an app of this corp, in the last month. */
  readonly domainSettings?: readonly number[];
  readonly createdAt: number;
}

export interface Template {
  /** suite_id, `dk…`. */
  readonly id: string;
  readonly providerId: string;
  readonly name: string;
  readonly intro: string;
  readonly logoUrl?: string;
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
  /** The template's, as it was authorized; shown until the provider has started development. */
  readonly name: string;
  readonly intro: string;
  /** What the provider works on; exists from 开始代开发 on. */
  readonly draft?: AppVersion;
  /** The draft of the last launch: what members and agent/get see. */
  readonly online?: AppVersion;
  readonly callback?: AppCallback;
  /** Of this app alone; when it holds anything, it counts in place of the provider's. */
  readonly ipWhitelist?: readonly string[];
  /** Absent: nothing is in review. */
  readonly review?: ReviewState;
  readonly rejectReason?: string;
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
  /** Unix seconds; see `effectivePermissions`. */
  readonly conversionDataUntil?: number;
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

export const INFO_TYPES = [
  'suite_ticket',
  'create_auth',
  'change_auth',
  'cancel_auth',
  'reset_permanent_code',
  'approve_special_auth',
  'cancel_special_auth',
] as const;
export type InfoType = (typeof INFO_TYPES)[number];

/** What an app's callback gets: the MsgType of a message, the Event of an event. */
export const APP_PUSH_NAMES = [
  'text',
  'enter_agent',
  'click',
  'view',
  'view_miniprogram',
  'subscribe',
  'unsubscribe',
] as const;
export type AppPushName = (typeof APP_PUSH_NAMES)[number];

export const PUSH_OUTCOMES = ['PENDING', 'DELIVERED', 'REFUSED', 'FAILED', 'DROPPED'] as const;
/** REFUSED: answered with 200, but not with what belongs there. DROPPED: lost by a fault on order. */
export type PushOutcome = (typeof PUSH_OUTCOMES)[number];

export interface PushAttempt {
  readonly at: number;
  /** 1 for the push itself, 2… for copies made by a `duplicate` fault or a re-send by hand. */
  readonly copy: number;
  readonly status?: number;
  readonly ms: number;
  /** The start of the answer's body, or why there is none. */
  readonly answer: string;
  readonly ok: boolean;
  /** Only of an app's callback that answered with more than an empty body. */
  readonly reply?: PassiveReply;
}

/** What a member did in the app, in the member's own words. */
export interface MemberAct {
  readonly userId: string;
  readonly text: string;
}

export interface Push {
  readonly id: string;
  readonly suiteId: string;
  readonly infoType: InfoType | AppPushName;
  /** Goes to this app's callback; absent: to the template's. */
  readonly installationId?: string;
  readonly act?: MemberAct;
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
