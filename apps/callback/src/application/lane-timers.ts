import type { DeliveryDeps } from './delivery-ports';

/** What is due one shortly after the other is sent by one run. */
const SHORTEST_MS = 200;
/** Longer ones are left to the sweep. */
const LONGEST_MS = 60_000;

/**
 * Wakes a lane at the moment when its next delivery is due. One timer per lane, of the process that worked on it last:
 * the sweep wakes those whose process has died, a little later.
 */
export const createLaneTimers = ({ deliveryWakes, clock }: Pick<DeliveryDeps, 'deliveryWakes' | 'clock'>) => {
  const timers = new Map<string, { readonly at: Date; readonly timer: NodeJS.Timeout }>();

  return {
    /** An earlier one that is set already stays. */
    set: (destinationId: string, at: Date): void => {
      const known = timers.get(destinationId);
      const delayMs = Math.max(SHORTEST_MS, at.getTime() - clock.now().getTime());
      if (delayMs > LONGEST_MS || (known !== undefined && known.at <= at)) {
        return;
      }
      clearTimeout(known?.timer);
      const timer = setTimeout(() => {
        timers.delete(destinationId);
        void deliveryWakes.deliver(destinationId);
      }, delayMs).unref();
      timers.set(destinationId, { at, timer });
    },
    clear: (): void => {
      timers.forEach(({ timer }) => clearTimeout(timer));
      timers.clear();
    },
  };
};
