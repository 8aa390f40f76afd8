import type { Aggregate } from '@daikaifa/kernel';

/** One template of the link, as the corp has authorized it. */
export interface ScanAnswer {
  readonly templateId: string;
  readonly authorizationId: string;
  readonly exchangeId: string;
  /** WeCom's TimeStamp of its create_auth. */
  readonly causedAt: Date;
}

/**
 * One corp's scan of a link of several templates. WeCom sends a create_auth for each, tied by nothing but the link's
 * state (unconfirmed: reference §2.1). A further scan of the same corp takes the place of the last one.
 */
export interface BatchScan extends Aggregate {
  readonly linkId: string;
  /** Counts the scans of this corp. */
  readonly round: number;
  /** All that the link authorized when it was scanned. */
  readonly templateIds: readonly string[];
  readonly answers: readonly ScanAnswer[];
  /** WeCom's TimeStamp of the first create_auth. */
  readonly startedAt: Date;
  /** Which did not answer in time; one that does so later leaves the list. */
  readonly missing: readonly string[];
  readonly alarmedAt: Date | null;
  /** When the missing ones are looked for; null when nothing is awaited. */
  readonly nextAttemptAt: Date | null;
}
