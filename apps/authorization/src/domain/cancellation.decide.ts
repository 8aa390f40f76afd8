import type { Decision } from '@daikaifa/kernel';
import { lastEpoch, liveEpoch, type Authorization, type Epoch } from './authorization';
import type { Cancellation } from './cancellation';

const KEEP_MS = 86_400_000;
const LOOK_AGAIN_MS = 600_000;
const FIRST_BACKOFF_MS = 1000;
const LONGEST_BACKOFF_MS = 300_000;
const ALARM_AFTER_ACCEPTED = 4;
const ALARM_AFTER_MS = 600_000;

const after = (now: Date, ms: number): Date => new Date(now.getTime() + ms);
const quiet = (next: Cancellation): Decision<Cancellation> => ({ next, facts: [] });

export const receiveCancellation = (
  event: Pick<Cancellation, 'id' | 'publisherId' | 'templateId' | 'suiteId' | 'corpId' | 'causedAt'>,
  now: Date,
): Cancellation => ({
  ...event,
  version: 0,
  createdAt: now,
  updatedAt: now,
  status: 'WAITING',
  attempts: 0,
  nextAttemptAt: now,
  keepUntil: after(now, KEEP_MS),
  alarm: false,
});

/** What a cancellation means for the authorization as it stands. */
export type CancellationStep =
  /** Nothing to cancel yet: the event may have overtaken the grant. */
  | { readonly kind: 'WAIT' }
  /** It is about what was before the live epoch's credentials. */
  | { readonly kind: 'DROP' }
  /** That epoch is cancelled already. */
  | { readonly kind: 'DONE' }
  | { readonly kind: 'ASK'; readonly epoch: Epoch };

export const nextStep = (cancellation: Cancellation, authorization: Authorization | null): CancellationStep => {
  if (authorization === null) {
    return { kind: 'WAIT' };
  }
  const live = liveEpoch(authorization);
  if (live !== null) {
    return cancellation.causedAt < live.credentialsCausedAt ? { kind: 'DROP' } : { kind: 'ASK', epoch: live };
  }
  const { cancelledAt } = lastEpoch(authorization);
  // A later one belongs to a grant that is still being exchanged.
  return cancelledAt !== null && cancellation.causedAt <= cancelledAt ? { kind: 'DONE' } : { kind: 'WAIT' };
};

const end = (cancellation: Cancellation, status: 'CONFIRMED' | 'DROPPED', now: Date): Decision<Cancellation> =>
  quiet({ ...cancellation, status, nextAttemptAt: null, updatedAt: now });

/** The corp's id goes with its data: nothing is looked up by this any more. */
export const confirm = (cancellation: Cancellation, now: Date): Decision<Cancellation> =>
  end({ ...cancellation, corpId: '', alarm: false }, 'CONFIRMED', now);

export const drop = (cancellation: Cancellation, now: Date): Decision<Cancellation> =>
  end(cancellation, 'DROPPED', now);

/** Kept for 24 hours for a grant that may still come. */
export const keepWaiting = (cancellation: Cancellation, now: Date): Decision<Cancellation> =>
  cancellation.keepUntil <= now
    ? drop(cancellation, now)
    : quiet({ ...cancellation, nextAttemptAt: after(now, LOOK_AGAIN_MS), updatedAt: now });

const askLater = (cancellation: Cancellation, alarm: boolean, now: Date): Cancellation => ({
  ...cancellation,
  attempts: cancellation.attempts + 1,
  alarm: cancellation.alarm || alarm,
  nextAttemptAt: after(now, Math.min(FIRST_BACKOFF_MS * 2 ** cancellation.attempts, LONGEST_BACKOFF_MS)),
  updatedAt: now,
});

/** WeCom still takes the credentials. The event may have come before its effect; if it stays so, a person decides. */
export const stillAccepted = (cancellation: Cancellation, now: Date): Decision<Cancellation> =>
  cancellation.keepUntil <= now
    ? drop({ ...cancellation, alarm: true }, now)
    : quiet(askLater(cancellation, cancellation.attempts + 1 >= ALARM_AFTER_ACCEPTED, now));

/** WeCom could not be asked. Nothing is destroyed on an event alone. */
export const notAsked = (cancellation: Cancellation, now: Date): Decision<Cancellation> =>
  quiet(askLater(cancellation, after(cancellation.createdAt, ALARM_AFTER_MS) <= now, now));

/** A grant has come: what waits for it is looked at again. */
export const lookAgain = (cancellation: Cancellation, now: Date): Decision<Cancellation> | null =>
  cancellation.status === 'WAITING' ? quiet({ ...cancellation, nextAttemptAt: now, updatedAt: now }) : null;
