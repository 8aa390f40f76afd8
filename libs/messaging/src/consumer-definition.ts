import type { SignalEvent, SignalTopic, StateEvent, StateTopic } from '@daikaifa/contracts';
import type { Projection } from './projection-store';

/**
 * Follows the state of one source aggregate kind. For each event that is newer than the projection the runner calls
 * `project`, then `effects`, then stores the projection, then commits the offset.
 */
export interface StateConsumer<S = unknown, P = unknown> {
  readonly kind: 'state';
  /** Names the projections: unique in the service and never changed, or everything is dealt with again. */
  readonly name: string;
  readonly topic: StateTopic<S>;
  /** What the service needs of the state; pure. */
  project(event: StateEvent<S>): P;
  /**
   * Commands decided from the state, never from the fact that an event came. They may run more than once for the
   * same projection, and are run again by `repeatDecisions`.
   */
  effects(projection: Projection<P>): Promise<void>;
}

/** Deals with signals one by one. The handler is idempotent by the thing itself: a signal may come more than once. */
export interface SignalConsumer<T = unknown> {
  readonly kind: 'signal';
  readonly name: string;
  readonly topic: SignalTopic<T>;
  handle(event: SignalEvent<T>): Promise<void>;
}

/**
 * Sees each event of a state topic by itself, with its type: for feeds and destinations, which pass on what happened
 * rather than decide from what is. It keeps no projection, so nothing is skipped and `repeatDecisions` leaves it out;
 * the handler is idempotent by the id of the event.
 */
export interface FeedConsumer<S = unknown> {
  readonly kind: 'feed';
  readonly name: string;
  readonly topic: StateTopic<S>;
  handle(event: StateEvent<S>): Promise<void>;
}

export type AnyConsumer = StateConsumer | SignalConsumer | FeedConsumer;

export const defineConsumer = <S, P>(
  topic: StateTopic<S>,
  definition: {
    readonly name: string;
    readonly project: (event: StateEvent<S>) => P;
    readonly effects: (projection: Projection<P>) => Promise<void>;
  },
): StateConsumer<S, P> => ({ kind: 'state', topic, ...definition });

export const defineSignalConsumer = <T>(
  topic: SignalTopic<T>,
  definition: { readonly name: string; readonly handle: (event: SignalEvent<T>) => Promise<void> },
): SignalConsumer<T> => ({ kind: 'signal', topic, ...definition });

export const defineFeedConsumer = <S>(
  topic: StateTopic<S>,
  definition: { readonly name: string; readonly handle: (event: StateEvent<S>) => Promise<void> },
): FeedConsumer<S> => ({ kind: 'feed', topic, ...definition });
