import type { Aggregate, LocalizedText } from '@daikaifa/kernel';

export type LinkState = 'PENDING' | 'ACTIVE' | 'EXPIRED' | 'REVOKED';

/** API: get_customized_auth_url, ten days. CONSOLE: entered by a person, does not expire. */
export type LinkSource = 'API' | 'CONSOLE';

/** What a corp's admin scans (模版授权二维码): one per template, made when it goes online for the first time. */
export interface AuthorizationLink extends Aggregate {
  readonly templateId: string;
  /**
   * Rises with every change that a person can see, and is the version that callers name: attempts that fail in the
   * background must not make the version that somebody has on the screen an old one.
   */
  readonly edition: number;
  readonly kind: 'TEMPLATE_QR';
  readonly state: LinkState;
  readonly source: LinkSource;
  /** WeCom's own URL: what the picture encodes. Null while PENDING. */
  readonly url: string | null;
  /** Made once and kept at every renewal: it comes back with each installation. */
  readonly stateParameter: string;
  readonly expiresAt: Date | null;
  /** Calls since the last one that worked. */
  readonly attempts: number;
  /** When WeCom is to be asked (again); null when it never is. */
  readonly nextAttemptAt: Date | null;
  readonly lastError: LocalizedText | null;
}
