import { counter, gauge } from '@daikaifa/observability';

/** Labels: group, consumer, outcome (handled, skipped, dead-lettered). */
export const eventsTotal = counter('messaging_events_total', 'Events that consumers have dealt with');

/** Labels: group. One each time a dependency fault made a partition wait. */
export const faultPausesTotal = counter('messaging_fault_pauses_total', 'Tries that a dependency fault has ended');

/** Labels: group, consumer, outcome (redriven, failed-again). */
export const redrivesTotal = counter('messaging_redrives_total', 'Dead letters that were dealt with again');

const pausedByGroup = new Map<object, () => number>();
let registered = false;

/** @returns takes the source out again */
export const observePausedPartitions = (count: () => number): (() => void) => {
  const key = {};
  pausedByGroup.set(key, count);
  if (!registered) {
    registered = true;
    gauge('messaging_paused_partitions', 'Partitions that wait for a dependency', () =>
      [...pausedByGroup.values()].reduce((sum, each) => sum + each(), 0),
    );
  }
  return () => pausedByGroup.delete(key);
};
