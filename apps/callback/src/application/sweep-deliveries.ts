import { platformScope } from '@daikaifa/kernel';
import { isPaused } from '../domain/lane';
import type { DeliveryDeps } from './delivery-ports';

const LANES_AT_ONCE = 1_000;

type Deps = Pick<DeliveryDeps, 'destinations' | 'deliveries' | 'lanes' | 'deliveryWakes' | 'clock'>;

/** Lanes that could be worked on now: something is due, the destination is active, the breaker is closed. */
const openLanes = async ({ destinations, deliveries, lanes, clock }: Deps) => {
  const now = clock.now();
  const due = await deliveries.dueLanes(now, LANES_AT_ONCE);
  const ids = due.map(({ destinationId }) => destinationId);
  const known = await destinations.byIds(platformScope('find due deliveries'), ids);
  const health = await lanes.healthOf(ids);
  return due.filter(({ destinationId }) => {
    const lane = health.get(destinationId);
    return known.get(destinationId)?.state === 'ACTIVE' && (lane === undefined || !isPaused(lane, now));
  });
};

/** Wakes every lane with something due, whatever wake-ups were lost. @returns how many */
export const wakeDueLanes = (deps: Deps) => async (): Promise<number> => {
  const open = await openLanes(deps);
  await Promise.all(open.map(({ destinationId }) => deps.deliveryWakes.deliver(destinationId)));
  return open.length;
};

/** Ends what has waited for its whole life, of stopped destinations too. */
export const expireDeliveries =
  ({ deliveries, clock }: Pick<DeliveryDeps, 'deliveries' | 'clock'>) =>
  (): Promise<number> =>
    deliveries.expire(clock.now());

/** For the metrics: how many wait, for how long the oldest has been due that could be sent, and what an operator should know of. */
export const measureDeliveries = (deps: Deps) => ({
  queued: (): Promise<number> => deps.deliveries.countQueued(),
  stopped: (): Promise<number> => deps.destinations.countStopped(),
  oldestDueSec: async (): Promise<number> => {
    const times = (await openLanes(deps)).map(({ since }) => since.getTime());
    return times.length === 0 ? 0 : Math.max(0, deps.clock.now().getTime() - Math.min(...times)) / 1_000;
  },
});
