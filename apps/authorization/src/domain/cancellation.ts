import type { Aggregate } from '@daikaifa/kernel';

/**
 * A cancel_auth that WeCom sent. It is confirmed before anything is destroyed; one that overtakes the grant is kept.
 * WAITING: no authorization yet, or WeCom has not confirmed it. CONFIRMED and DROPPED are final.
 */
export interface Cancellation extends Aggregate {
  readonly templateId: string;
  readonly suiteId: string;
  /** Empty once the corp was erased. */
  readonly corpId: string;
  /** WeCom's TimeStamp of the event. */
  readonly causedAt: Date;
  readonly status: 'WAITING' | 'CONFIRMED' | 'DROPPED';
  /** How often WeCom was, or should have been, asked. */
  readonly attempts: number;
  readonly nextAttemptAt: Date | null;
  readonly keepUntil: Date;
  /** Set when a person must decide: WeCom still accepts the credentials, or cannot be asked. */
  readonly alarm: boolean;
}
