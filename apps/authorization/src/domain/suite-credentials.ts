import type { Aggregate, LocalizedText } from '@daikaifa/kernel';

export type TicketState = 'NONE' | 'FRESH' | 'STALE';

/** suite_ticket: the newest one that WeCom pushed. */
export interface SuiteTicket {
  readonly sealed: string;
  /** WeCom's TimeStamp orders tickets; where it is missing, the arrival stands in for it. */
  readonly issuedAt: Date;
  /** Arrival at the callback, by our clock: what its age is counted from. */
  readonly receivedAt: Date;
}

/** suite_id, suite_secret and suite_ticket of one template. The id is the template's. */
export interface SuiteCredentials extends Aggregate {
  /**
   * Counts the recordings, and is the version that callers name: a ticket comes every ten minutes and must not make
   * the version that somebody has on the screen an old one.
   */
  readonly generation: number;
  /** `dk…` (模版 ID). */
  readonly suiteId: string;
  readonly sealedSecret: string;
  readonly recordedAt: Date;
  readonly recordedBy: string;
  readonly ticket: SuiteTicket | null;
  readonly ticketState: TicketState;
  /** When WeCom gave a suite token for this suite_id and secret for the first time. */
  readonly confirmedAt: Date | null;
  /** WeCom's last refusal; null again once it accepts. */
  readonly lastError: LocalizedText | null;
}
