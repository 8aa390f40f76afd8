/** How a destination has answered lately. Decides whether anything is sent to it now. */
export interface LaneHealth {
  readonly consecutiveFailures: number;
  /** The first failure after the last success. */
  readonly failingSince: Date | null;
  /** How often the breaker has opened in a row. */
  readonly trips: number;
  readonly pausedUntil: Date | null;
}

export const LANE_HEALTHY: LaneHealth = { consecutiveFailures: 0, failingSince: null, trips: 0, pausedUntil: null };

export interface BreakerLimits {
  /** Failures in a row that open the breaker. */
  readonly threshold: number;
  /** The first pause; doubles with each trip. */
  readonly pauseMs: number;
  readonly maxPauseMs: number;
  /** Only failures for this long disable the destination. */
  readonly disableAfterMs: number;
}

export const isPaused = ({ pausedUntil }: LaneHealth, now: Date): boolean => pausedUntil !== null && pausedUntil > now;

const later = (one: Date | null, other: Date): Date => (one !== null && one > other ? one : other);

/**
 * After a pause one delivery is tried: another failure pauses for twice as long. What was under way when the breaker
 * opened counts, but does not open it again.
 */
export const afterFailure = (
  health: LaneHealth,
  { now, retryAfterMs }: { readonly now: Date; readonly retryAfterMs: number | null },
  limits: BreakerLimits,
): LaneHealth => {
  const consecutiveFailures = health.consecutiveFailures + 1;
  const failing = { consecutiveFailures, failingSince: health.failingSince ?? now };
  const at = (ms: number): Date => new Date(now.getTime() + ms);
  const asked = retryAfterMs === null ? health.pausedUntil : later(health.pausedUntil, at(retryAfterMs));
  if (consecutiveFailures < limits.threshold || isPaused(health, now)) {
    return { ...health, ...failing, pausedUntil: asked };
  }
  const pauseMs = Math.min(limits.pauseMs * 2 ** health.trips, limits.maxPauseMs);
  return { ...failing, trips: health.trips + 1, pausedUntil: later(asked, at(pauseMs)) };
};

export const hasFailedTooLong = ({ failingSince }: LaneHealth, now: Date, { disableAfterMs }: BreakerLimits): boolean =>
  failingSince !== null && now.getTime() - failingSince.getTime() >= disableAfterMs;
