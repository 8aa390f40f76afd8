import { derivedId } from '@daikaifa/kernel';

/** QUEUED: to be sent at `nextAttemptAt`; ERASED: its corp has cancelled, the content is gone. */
export const DELIVERY_STATES = ['QUEUED', 'DELIVERED', 'DEAD', 'ERASED'] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

export type DeadReason = 'EXHAUSTED' | 'EXPIRED' | 'TOO_LARGE' | 'DESTINATION_DELETED';

/** Why an attempt failed; STATUS: an answer other than 2xx. */
export type AttemptError =
  | 'STATUS'
  | 'NAME_NOT_RESOLVED'
  | 'UNREACHABLE'
  | 'TLS'
  | 'NOT_HTTPS'
  | 'TOO_SLOW'
  | 'TOO_LARGE'
  | 'REDIRECT'
  | 'ADDRESS_REFUSED'
  | 'BAD_REQUEST';

export interface Attempt {
  readonly at: Date;
  readonly status: number | null;
  readonly durationMs: number;
  readonly error: AttemptError | null;
  /** The beginning of an answer other than 2xx, with what looks like a secret masked. */
  readonly snippet: string | null;
}

/** How far back the log of one delivery goes. */
export const ATTEMPTS_KEPT = 20;

/** What a delivery is about, so that it is found by it. The corp is there as a hash only. */
export interface DeliverySubject {
  readonly templateId: string | null;
  readonly corpAppId: string | null;
  readonly corpKey: string | null;
  readonly epoch: number | null;
}

export interface Delivery {
  readonly id: string;
  readonly publisherId: string;
  readonly destinationId: string;
  readonly event: { readonly id: string; readonly type: string; readonly time: Date };
  readonly subject: DeliverySubject;
  readonly state: DeliveryState;
  readonly deadReason: DeadReason | null;
  /** Since it was queued the last time. */
  readonly tries: number;
  readonly attempts: readonly Attempt[];
  readonly payloadBytes: number;
  /** Whether it can be sent again. */
  readonly hasPayload: boolean;
  /** Null unless QUEUED. */
  readonly nextAttemptAt: Date | null;
  readonly expiresAt: Date;
  readonly createdAt: Date;
  readonly endedAt: Date | null;
}

/** One per destination and event, however often the event is read. */
export const deliveryIdOf = (destinationId: string, eventId: string): string =>
  derivedId('delivery', destinationId, eventId);

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** Waits after the first, second … failure: 11 attempts within three days. */
export const RETRY_SCHEDULE_MS: readonly number[] = [
  5 * SECOND_MS,
  30 * SECOND_MS,
  2 * MINUTE_MS,
  10 * MINUTE_MS,
  HOUR_MS,
  3 * HOUR_MS,
  6 * HOUR_MS,
  12 * HOUR_MS,
  24 * HOUR_MS,
  24 * HOUR_MS,
];

/** From queueing to DEAD, whatever happened meanwhile. */
export const DELIVERY_LIFE_MS = 72 * HOUR_MS;

const MAX_RETRY_AFTER_MS = HOUR_MS;

/** A destination may ask for a pause; for a longer one it can be disabled. */
export const boundedRetryAfter = (askedMs: number | null): number | null =>
  askedMs === null ? null : Math.min(askedMs, MAX_RETRY_AFTER_MS);

/** Up to this share of a wait is taken off, so that what failed together does not come back together. */
const JITTER = 0.2;

export type Settlement =
  | { readonly state: 'DELIVERED' }
  | { readonly state: 'QUEUED'; readonly nextAttemptAt: Date }
  | { readonly state: 'DEAD'; readonly reason: 'EXHAUSTED' };

/** What an attempt makes of a delivery. `tries` counts the attempts before this one. */
export const settleAttempt = (
  delivery: { readonly tries: number; readonly expiresAt: Date },
  outcome: { readonly error: AttemptError | null; readonly retryAfterMs: number | null },
  options: { readonly now: Date; readonly random: number; readonly scheduleMs: readonly number[] },
): Settlement => {
  const { now, random, scheduleMs } = options;
  if (outcome.error === null) {
    return { state: 'DELIVERED' };
  }
  const waitMs = scheduleMs[delivery.tries];
  if (waitMs === undefined) {
    return { state: 'DEAD', reason: 'EXHAUSTED' };
  }
  const askedMs = boundedRetryAfter(outcome.retryAfterMs) ?? 0;
  const nextAttemptAt = new Date(now.getTime() + Math.max(Math.round(waitMs * (1 - JITTER * random)), askedMs));
  return nextAttemptAt >= delivery.expiresAt ? { state: 'DEAD', reason: 'EXHAUSTED' } : { state: 'QUEUED', nextAttemptAt };
};
