/** Bounds of this service, all in one place. */
export const LIMITS = {
  /** Permissions of one request; the console has fewer. */
  maxPermissions: 200,
  /** Requests that a set carries with it; the oldest ended ones go first. */
  maxRequests: 100,
  /** Entries of the log of changes; the oldest go first. */
  maxChanges: 200,
  noteMaxLength: 500,
  /** Questions of one batch. */
  maxQuestions: 100,
} as const;
