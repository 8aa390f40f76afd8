import type { Aggregate, LocalizedText } from '@daikaifa/kernel';

export type LinkState = 'PENDING' | 'ACTIVE' | 'EXPIRED' | 'REVOKED';

/** API: get_customized_auth_url, ten days. CONSOLE: entered by a person, does not expire. */
export type LinkSource = 'API' | 'CONSOLE';

/**
 * TEMPLATE_QR: one per template, made when it goes online for the first time. BATCH_QR: 2–9 templates in one scan.
 * PARAMETRISED: 1–9 templates and a state of the provider's own.
 */
export type LinkKind = 'TEMPLATE_QR' | 'BATCH_QR' | 'PARAMETRISED';

/** What a corp's admin scans (授权二维码). */
export interface AuthorizationLink extends Aggregate {
  /** In the order in which they were given; all of one publisher. */
  readonly templateIds: readonly string[];
  /**
   * Rises with every change that a person can see, and is the version that callers name: attempts that fail in the
   * background must not make the version that somebody has on the screen an old one.
   */
  readonly edition: number;
  readonly kind: LinkKind;
  /** A job asks for a new URL before the ten days are over; else the link expires, and a person may regenerate it. */
  readonly renews: boolean;
  readonly state: LinkState;
  readonly source: LinkSource;
  /** WeCom's own URL: what the picture encodes. Null while PENDING. */
  readonly url: string | null;
  /** Kept at every renewal: it comes back with each installation. Unique within the publisher. */
  readonly stateParameter: string;
  readonly expiresAt: Date | null;
  /** Calls since the last one that worked. */
  readonly attempts: number;
  /** When WeCom is to be asked (again); null when it never is. */
  readonly nextAttemptAt: Date | null;
  readonly lastError: LocalizedText | null;
}
