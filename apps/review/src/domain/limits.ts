const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Clocks and bounds of this service, all in one place. */
export const LIMITS = {
  hourMs: HOUR_MS,
  dayMs: 24 * HOUR_MS,
  chinaOffsetMs: 8 * HOUR_MS,
  /** The reminder comes when this share of the time is left. */
  reminderShare: 0.25,
  /** A health check that is older says nothing about now. */
  healthFreshMs: HOUR_MS,
  /**
   * The template service has seen the callback verified before it submits; its event may reach us after the
   * submission. So long a missing verification is waited for before it is a finding.
   */
  endpointGraceMs: MINUTE_MS,
  reasonMinLength: 2,
  reasonMaxLength: 500,
  noteMinLength: 2,
  noteMaxLength: 500,
  maxReasons: 50,
  /** Corrections included; bounds the stored document. */
  maxVerdicts: 20,
  maxLaunchReturns: 20,
} as const;
