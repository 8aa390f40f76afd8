import type { AuthorizationEpoch, Tombstone } from '@daikaifa/kernel';

/** One cancelled epoch of an authorization, as everything that removes something needs it. */
export interface CancelledCorp extends AuthorizationEpoch {
  readonly templateId: string;
  /** The corp id itself is gone: what belongs to a corp is found by `corpKeyOf`. */
  readonly corpKey: string;
  /** Of that epoch. */
  readonly corpAppId: string;
  readonly cancelledAt: Date;
}

/** No late writer can be at work any more: what was looked for once need not be looked for again. */
export const isSettled = ({ counts, createdAt }: Tombstone, now: Date, eraseAgainMs: number): boolean =>
  counts !== null && now.getTime() - createdAt.getTime() > eraseAgainMs;
