import type { DeliveryDeps, Lease } from './delivery-ports';
import { createLaneRun } from './lane-run';
import { createLaneTimers } from './lane-timers';

/**
 * Works on the lane of one destination until nothing is due, the destination wants a pause, or its time is over.
 * At least once: what a process did not write down before it died is sent again by the next holder of the lease.
 */
export const runLanes = (deps: DeliveryDeps) => {
  const { lanes, deliveryLimits: limits, clock, logger } = deps;
  const running = new Set<{ end(): void }>();
  const timers = createLaneTimers(deps);
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
      let lookAt: Date | null = null;
      try {
        lookAt = await run.drain();
      } finally {
        letGo();
        running.delete(run);
        await lanes.release(taken);
      }
      if (lookAt !== null && !isStopping) {
        timers.set(destinationId, lookAt);
      }
    },
    /** What is under way ends; nothing more is sent. */
    stop: (): void => {
      isStopping = true;
      running.forEach((run) => run.end());
      timers.clear();
    },
  };
};
