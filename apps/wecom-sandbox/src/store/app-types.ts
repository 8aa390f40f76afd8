import type { RequestState } from '../rules/permission-request';

/** All times are milliseconds of the sandbox clock. */

export interface MiniProgram {
  readonly appId: string;
  readonly name: string;
}

/** A button of the app's menu; `value` is the event key, the address, or the mini-program's path. */
export interface MenuButton {
  readonly type: 'click' | 'view' | 'view_miniprogram';
  readonly name: string;
  readonly value: string;
}

/** What the provider writes about one corp's app and what goes online with a launch. */
export interface AppVersion {
  readonly name: string;
  readonly intro: string;
  readonly logoUrl: string;
  readonly homePageUrl: string;
  readonly miniProgram: MiniProgram | null;
  readonly trustedDomain: string;
  readonly menu: readonly MenuButton[];
}

/** Takes effect when it is saved, launched or not. */
export interface AppCallback {
  readonly callbackUrl: string;
  readonly token: string;
  readonly encodingAesKey: string;
  readonly verifiedAt: number;
}

/** Custom permissions a provider asks a corp for; at most one is open per app. */
export interface PermissionRequest {
  readonly id: string;
  readonly installationId: string;
  readonly corpId: string;
  /** The whole set that the app shall have. */
  readonly permissions: readonly string[];
  /** What it had when it asked. */
  readonly before: readonly string[];
  readonly state: RequestState;
  readonly requestedAt: number;
  /** The admin who confirmed, confirmed a second time or declined; the last of them. */
  readonly decidedBy?: string;
  readonly decidedAt?: number;
}

/** What WeCom writes to the admins of a corp. */
export interface AdminMessage {
  readonly id: string;
  readonly corpId: string;
  readonly installationId: string;
  readonly kind: 'PERMISSION_REQUEST' | 'APP_LAUNCHED';
  readonly requestId?: string;
  readonly text: string;
  readonly at: number;
}

/** What a passive reply said, or why it was not taken. */
export type PassiveReply =
  | { readonly accepted: true; readonly msgType: string; readonly content: string }
  | { readonly accepted: false; readonly zh: string; readonly en: string };
