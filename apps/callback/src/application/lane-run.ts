import { setTimeout as pause } from 'node:timers/promises';
import { platformScope } from '@daikaifa/kernel';
import { boundedRetryAfter, settleAttempt } from '../domain/delivery';
import { signingSecrets, type Destination } from '../domain/destination';
import { stopDestination } from '../domain/destination.decide';
import { afterFailure, hasFailedTooLong, isPaused, LANE_HEALTHY, type LaneHealth } from '../domain/lane';
import { createAttemptLog } from './attempt-log';
import type { DeliveryDeps, DueDelivery, Lease, SendAnswer } from './delivery-ports';
import { createPace } from './pace';

const BATCH = 64;
/** While answers are awaited, whether more has become due. */
const LOOK_AGAIN_MS = 200;
const GONE = 410;

/** Sends what is due to one destination. Only one process of the cluster does, while its lease holds. */
export const createLaneRun = (deps: DeliveryDeps, lease: Lease, first: LaneHealth) => {
  const { destinations, deliveries, lanes, webhooks, deliveryLimits: limits, clock, logger } = deps;
  const scope = platformScope('deliver');
  const log = createAttemptLog(deliveries);
  const endsAt = performance.now() + limits.runMs;
  let health = first;
  let isOver = false;
  let lookedAt = clock.now();
  let pace = createPace(limits.perSecond);
  let pacedFor = limits.perSecond;

  const paceOf = ({ perSecond }: Destination): (() => Promise<void>) => {
    if (pacedFor !== perSecond) {
      pacedFor = perSecond;
      pace = createPace(perSecond);
    }
    return pace;
  };

  const saveHealth = async (next: LaneHealth): Promise<void> => {
    health = next;
    if (!(await lanes.saveHealth(lease, next))) {
      isOver = true;
    }
  };

  const stop = async (reason: 'GONE_410' | 'FAILING'): Promise<void> => {
    isOver = true;
    await destinations.update(scope, lease.destinationId, (current) => stopDestination(current, reason, clock.now()));
    logger.warn({ 'destination.id': lease.destinationId, 'destination.reason': reason }, 'destination disabled');
  };

  const judge = async ({ status, error, retryAfterMs }: SendAnswer): Promise<void> => {
    if (error === null) {
      if (health.consecutiveFailures > 0) {
        await saveHealth(LANE_HEALTHY);
      }
      return;
    }
    const now = clock.now();
    await saveHealth(afterFailure(health, { now, retryAfterMs: boundedRetryAfter(retryAfterMs) }, limits.breaker));
    if (status === GONE) {
      await stop('GONE_410');
    } else if (hasFailedTooLong(health, now, limits.breaker)) {
      await stop('FAILING');
    }
  };

  const attempt = async (destination: Destination, delivery: DueDelivery): Promise<void> => {
    const at = clock.now();
    const answer = await webhooks.send({
      destinationId: destination.id,
      url: destination.url,
      secrets: signingSecrets(destination, at),
      eventId: delivery.event.id,
      body: delivery.body,
      now: at,
    });
    const { status, error, durationMs, snippet } = answer;
    const now = clock.now();
    const settlement = settleAttempt(delivery, answer, { now, random: deps.random(), scheduleMs: limits.scheduleMs });
    deps.deliveryCounters.attempted(error ?? 'DELIVERED', durationMs);
    await log.write({ delivery, attempt: { at, status, error, durationMs, snippet }, settlement });
    await judge(answer);
  };

  const isOutOfTime = (): boolean => performance.now() >= endsAt;
  const mayGoOn = (): boolean => !isOver && !isOutOfTime() && !isPaused(health, clock.now());

  const nextLook = async (): Promise<Date | null> => {
    const now = clock.now();
    if (isOver) {
      return null;
    }
    if (isPaused(health, now)) {
      return health.pausedUntil;
    }
    return isOutOfTime() ? now : deliveries.nextAttempt(lease.destinationId, lookedAt);
  };

  /** After a pause one goes first, to see. */
  const isProbing = (): boolean => health.trips > 0;
  const roomOf = ({ concurrency }: Destination): number => (isProbing() ? 1 : concurrency);

  const underWay = new Map<string, Promise<void>>();
  let ready: DueDelivery[] = [];
  let fault: { readonly error: unknown } | null = null;

  const refill = async (): Promise<void> => {
    // What ends while the query runs may be in its answer as it was before.
    const known = new Set(underWay.keys());
    lookedAt = clock.now();
    const due = await deliveries.due(lease.destinationId, lookedAt, known.size + (isProbing() ? 1 : BATCH));
    ready = due.filter(({ id }) => !known.has(id));
  };

  const begin = (destination: Destination, delivery: DueDelivery): void => {
    const attempted = attempt(destination, delivery)
      .catch((error: unknown) => {
        // The database is away: nothing more is sent whose outcome could not be written down.
        isOver = true;
        fault ??= { error };
      })
      .finally(() => underWay.delete(delivery.id));
    underWay.set(delivery.id, attempted);
  };

  const untilOneEnds = (waitMs?: number): Promise<void> =>
    Promise.race([...underWay.values(), ...(waitMs === undefined ? [] : [pause(waitMs, undefined, { ref: false })])]);

  /** Sends what is due, as many at a time as the destination takes: a slow answer holds back none behind it. */
  const sendDue = async (): Promise<void> => {
    let destination: Destination | null = null;
    while (mayGoOn()) {
      if (ready.length === 0) {
        destination = await destinations.byId(scope, lease.destinationId);
        if (destination === null || destination.state !== 'ACTIVE') {
          isOver = true;
          return;
        }
        await refill();
      }
      const next = ready[0];
      if (next === undefined || destination === null) {
        if (underWay.size === 0) {
          return;
        }
        await untilOneEnds(LOOK_AGAIN_MS);
      } else if (underWay.size >= roomOf(destination)) {
        await untilOneEnds();
      } else {
        await paceOf(destination)();
        if (mayGoOn()) {
          ready.shift();
          begin(destination, next);
        }
      }
    }
  };

  return {
    end: (): void => {
      isOver = true;
    },
    /** @returns when the lane has to be looked at again; null: nothing waits, or that is for others to say */
    drain: async (): Promise<Date | null> => {
      try {
        await sendDue();
      } finally {
        await Promise.all(underWay.values());
      }
      if (fault !== null) {
        throw fault.error;
      }
      return nextLook();
    },
  };
};
