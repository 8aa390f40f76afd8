import type { Aggregate, Fact, TransitionTable } from '@daikaifa/kernel';
import type { AttemptError } from './delivery';
import { matchesPattern } from './event-pattern';

/** A signing secret, sealed. The domain never sees it open. */
export interface SealedSecret {
  readonly id: string;
  readonly sealed: string;
  readonly issuedAt: Date;
}

/** Signs beside its successor until then, so that a backend can change over without losing an event. */
export interface RetiredSecret extends SealedSecret {
  readonly signsUntil: Date;
}

export type DestinationState = 'PENDING_VERIFICATION' | 'ACTIVE' | 'DISABLED' | 'DELETED';
export type DisabledReason = 'BY_PERSON' | 'GONE_410' | 'FAILING';

/** Empty lists filter nothing. */
export interface EventFilter {
  readonly templateIds: readonly string[];
  /** Encrypted corp ids, case-sensitive. */
  readonly corpIds: readonly string[];
}

/** What the last ping met. */
export interface Verification {
  readonly at: Date;
  readonly status: number | null;
  readonly error: AttemptError | null;
}

/** An address of the publisher's backend and what it wants to hear. */
export interface Destination extends Aggregate {
  readonly name: string;
  readonly url: string;
  /** Event types, or beginnings of them with `.*`. */
  readonly eventTypes: readonly string[];
  readonly filter: EventFilter;
  /** Requests at one time. */
  readonly concurrency: number;
  readonly perSecond: number;
  readonly state: DestinationState;
  readonly disabledReason: DisabledReason | null;
  readonly secret: SealedSecret;
  readonly previousSecret: RetiredSecret | null;
  /** Idempotency keys of rotations, newest last. */
  readonly rotations: readonly string[];
  /** The first verification; events of before are not delivered. */
  readonly activatedAt: Date | null;
  /** Since when it is not ACTIVE although it was; null while it is. */
  readonly stoppedAt: Date | null;
  readonly verification: Verification | null;
}

export const DESTINATION_CREATED = 'callback.destination.created';
export const DESTINATION_EDITED = 'callback.destination.edited';
export const DESTINATION_ACTIVATED = 'callback.destination.activated';
export const DESTINATION_DISABLED = 'callback.destination.disabled';
export const DESTINATION_DELETED = 'callback.destination.deleted';

export interface DestinationFact extends Fact {
  readonly type:
    | typeof DESTINATION_CREATED
    | typeof DESTINATION_EDITED
    | typeof DESTINATION_ACTIVATED
    | typeof DESTINATION_DISABLED
    | typeof DESTINATION_DELETED;
}

export type DestinationAction = 'VERIFY' | 'MOVE' | 'ENABLE' | 'DISABLE' | 'GONE' | 'FAIL' | 'DELETE';

export const DESTINATION_TABLE = {
  PENDING_VERIFICATION: { VERIFY: 'ACTIVE', MOVE: 'PENDING_VERIFICATION', DELETE: 'DELETED' },
  ACTIVE: {
    VERIFY: 'ACTIVE',
    MOVE: 'PENDING_VERIFICATION',
    DISABLE: 'DISABLED',
    GONE: 'DISABLED',
    FAIL: 'DISABLED',
    DELETE: 'DELETED',
  },
  DISABLED: { VERIFY: 'DISABLED', MOVE: 'PENDING_VERIFICATION', ENABLE: 'ACTIVE', DELETE: 'DELETED' },
  DELETED: {},
} as const satisfies TransitionTable<DestinationState, DestinationAction>;

/** What an event is about, as far as a filter asks. */
export interface EventSubject {
  readonly type: string;
  readonly time: Date;
  readonly templateId: string | null;
  readonly corpId: string | null;
}

const passes = (wanted: readonly string[], given: string | null): boolean =>
  wanted.length === 0 || (given !== null && wanted.includes(given));

/**
 * Whether an event becomes a delivery. What happens while the destination is stopped is kept for it, but not longer
 * than a delivery lives.
 */
export const takesEvent = (
  destination: Destination,
  event: EventSubject,
  { now, holdMs }: { readonly now: Date; readonly holdMs: number },
): boolean => {
  const { state, activatedAt, stoppedAt, eventTypes, filter } = destination;
  return (
    state !== 'DELETED' &&
    activatedAt !== null &&
    event.time >= activatedAt &&
    (stoppedAt === null || now.getTime() - stoppedAt.getTime() < holdMs) &&
    eventTypes.some((pattern) => matchesPattern(pattern, event.type)) &&
    passes(filter.templateIds, event.templateId) &&
    passes(filter.corpIds, event.corpId)
  );
};

/** The secrets that sign now, the current one first. */
export const signingSecrets = ({ secret, previousSecret }: Destination, now: Date): readonly SealedSecret[] =>
  previousSecret !== null && previousSecret.signsUntil > now ? [secret, previousSecret] : [secret];
