import { setTimeout as pause } from 'node:timers/promises';
import { platformScope } from '@daikaifa/kernel';
import { boundedRetryAfter, settleAttempt } from '../domain/delivery';
import { signingSecrets, type Destination } from '../domain/destination';
import { stopDestination } from '../domain/destination.decide';
import { afterFailure, hasFailedTooLong, isPaused, LANE_HEALTHY, type LaneHealth } from '../domain/lane';
import { createAttemptLog } from './attempt-log';
import type { DeliveryDeps, DueDelivery, Lease, SendAnswer } from './delivery-ports';

const BATCH = 64;
const GONE = 410;

/** Hands out at most `perSecond` starts a second, the first ones at once. */
const createPace = (perSecond: number) => {
  let credit = perSecond;
  let countedAt = performance.now();
  return async (): Promise<void> => {
    const at = performance.now();
    credit = Math.min(perSecond, credit + ((at - countedAt) / 1_000) * perSecond) - 1;
    countedAt = at;
    if (credit < 0) {
      await pause((-credit / perSecond) * 1_000);
    }
  };
};

/** Sends what is due to one destination. Only one process of the cluster does, while its lease holds. */
const createLaneRun = (deps: DeliveryDeps, lease: Lease, first: LaneHealth) => {
  const { destinations, deliveries, lanes, webhooks, deliveryLimits: limits, clock, logger } = deps;
  const scope = platformScope('deliver');
  const log = createAttemptLog(deliveries);
  const endsAt = performance.now() + limits.runMs;
  let health = first;
  let isOver = false;
  let pace = createPace(limits.perSecond);
  let pacedFor = limits.perSecond;

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

  const mayGoOn = (): boolean => !isOver && performance.now() < endsAt && !isPaused(health, clock.now());

  const sendAll = async (destination: Destination, batch: readonly DueDelivery[]): Promise<void> => {
    if (pacedFor !== destination.perSecond) {
      pacedFor = destination.perSecond;
      pace = createPace(pacedFor);
    }
    const waiting = [...batch];
    const worker = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        await pace();
        if (!mayGoOn()) {
          return;
        }
        await attempt(destination, next);
      }
    };
    const workers = Array.from({ length: Math.min(destination.concurrency, batch.length) }, worker).map((work) =>
      work.catch((error: unknown) => {
        // The database is away: nothing more is sent whose outcome could not be written down.
        isOver = true;
        throw error;
      }),
    );
    const ended = await Promise.allSettled(workers);
    const failed = ended.find(({ status }) => status === 'rejected');
    if (failed?.status === 'rejected') {
      throw failed.reason;
    }
  };

  return {
    end: (): void => {
      isOver = true;
    },
    drain: async (): Promise<void> => {
      while (mayGoOn()) {
        const destination = await destinations.byId(scope, lease.destinationId);
        if (destination === null || destination.state !== 'ACTIVE') {
          return;
        }
        // After a pause one goes first, to see.
        const limit = health.trips > 0 ? 1 : BATCH;
        const batch = await deliveries.due(lease.destinationId, clock.now(), limit);
        if (batch.length === 0) {
          return;
        }
        await sendAll(destination, batch);
      }
    },
  };
};

/**
 * Works on the lane of one destination until nothing is due, the destination wants a pause, or its time is over.
 * At least once: what a process did not write down before it died is sent again by the next holder of the lease.
 */
export const runLanes = (deps: DeliveryDeps) => {
  const { lanes, deliveryLimits: limits, clock, logger } = deps;
  const running = new Set<{ end(): void }>();
  let isStopping = false;

  const keepLease = (lease: Lease, run: { end(): void }): (() => void) => {
    const timer = setInterval(() => {
      lanes.renew(lease, clock.now(), limits.leaseMs).then(
        (isHeld) => {
          if (!isHeld) {
            run.end();
          }
        },
        (err: unknown) => logger.warn({ err, 'destination.id': lease.destinationId }, 'the lease of a lane was not renewed'),
      );
    }, limits.leaseMs / 3);
    return () => clearInterval(timer);
  };

  return {
    run: async (destinationId: string): Promise<void> => {
      const taken = isStopping ? null : await lanes.acquire(destinationId, clock.now(), limits.leaseMs);
      if (taken === null) {
        return;
      }
      const run = createLaneRun(deps, taken, taken.health);
      const letGo = keepLease(taken, run);
      running.add(run);
      try {
        await run.drain();
      } finally {
        letGo();
        running.delete(run);
        await lanes.release(taken);
      }
    },
    /** What is under way ends; nothing more is sent. */
    stop: (): void => {
      isStopping = true;
      running.forEach((run) => run.end());
    },
  };
};
