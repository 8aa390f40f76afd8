// eslint-disable-next-line @typescript-eslint/triple-slash-reference -- projects that reach this file through a path mapping do not include the declaration by themselves
/// <reference path="./kafkajs-internals.d.ts" />
import RequestQueue from 'kafkajs/src/network/requestQueue';

/** The part of a request queue that the patch touches. */
interface PatchedQueue {
  /** Requests that wait because the broker asked for a pause or too many are in flight. */
  readonly pending: readonly unknown[];
  /** Milliseconds since the epoch; in the past: not throttled. */
  readonly throttledUntil: number;
  throttleCheckTimeoutId: NodeJS.Timeout | null;
  checkPendingRequests(): void;
  scheduleCheckPendingRequests(): void;
}

const CHECK_AFTER_MS = 10;
const patched = Symbol.for('daikaifa.kafkajs.timers');

function scheduleCheckPendingRequests(this: PatchedQueue): void {
  if (this.pending.length === 0 || this.throttleCheckTimeoutId !== null) {
    return;
  }
  const throttledForMs = this.throttledUntil - Date.now();
  this.throttleCheckTimeoutId = setTimeout(
    () => {
      this.throttleCheckTimeoutId = null;
      this.checkPendingRequests();
    },
    throttledForMs > 0 ? throttledForMs : CHECK_AFTER_MS,
  );
}

/**
 * kafkajs 2.2.4 re-arms the timer of every connection's request queue for ever, with a negative delay where nothing
 * waits: about 800 timers a second and 4 to 7 % of a core in an idle process, and a `TimeoutNegativeWarning` each.
 * With the patch a timer exists only while a request waits; what waits is sent as before.
 */
export const patchKafkaTimers = (): void => {
  const queue = RequestQueue.prototype as Partial<PatchedQueue> & { [patched]?: boolean };
  if (queue[patched] === true) {
    return;
  }
  if (typeof queue.scheduleCheckPendingRequests !== 'function' || typeof queue.checkPendingRequests !== 'function') {
    throw new Error('this version of kafkajs schedules its requests in another way: look at kafka-timers.ts again');
  }
  queue.scheduleCheckPendingRequests = scheduleCheckPendingRequests;
  queue[patched] = true;
};
