import RequestQueue from 'kafkajs/src/network/requestQueue';
import { patchKafkaTimers } from './kafka-timers';

interface Queue {
  throttledUntil: number;
  push(request: object): void;
  fulfillRequest(response: object): void;
  maybeThrottle(ms: number): void;
  destroy(): void;
}

const nothing = (): void => undefined;

const createQueue = (): Queue => {
  const Constructor = RequestQueue as unknown as new (options: object) => Queue;
  return new Constructor({
    maxInFlightRequests: null,
    requestTimeout: 30_000,
    enforceRequestTimeout: false,
    clientId: 'test',
    broker: 'broker:9092',
    logger: { debug: nothing, warn: nothing },
  });
};

const request = (correlationId: number, sendRequest: () => void): object => ({
  entry: { correlationId, resolve: nothing, reject: nothing },
  expectResponse: true,
  sendRequest,
});

describe('the request queue of kafkajs, patched', () => {
  let queue: Queue;

  beforeEach(() => {
    jest.useFakeTimers();
    patchKafkaTimers();
    queue = createQueue();
  });

  afterEach(() => {
    queue.destroy();
    jest.useRealTimers();
  });

  it('has no timer after a request was answered', () => {
    const scheduled = jest.spyOn(globalThis, 'setTimeout');

    queue.push(request(1, nothing));
    queue.fulfillRequest({ correlationId: 1, payload: null, size: 0 });
    jest.advanceTimersByTime(60_000);

    expect(scheduled).not.toHaveBeenCalled();
    expect(jest.getTimerCount()).toBe(0);
  });

  it('sends a throttled request when the throttle is over, once, and then has no timer', () => {
    const sent = jest.fn();
    queue.maybeThrottle(500);

    queue.push(request(2, sent));
    queue.push(request(3, sent));
    expect(jest.getTimerCount()).toBe(1);
    jest.advanceTimersByTime(499);
    expect(sent).not.toHaveBeenCalled();
    jest.advanceTimersByTime(2);

    expect(sent).toHaveBeenCalledTimes(2);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('waits on when the throttle was made longer meanwhile', () => {
    const sent = jest.fn();
    queue.maybeThrottle(200);
    queue.push(request(4, sent));

    queue.maybeThrottle(1_000);
    jest.advanceTimersByTime(900);
    expect(sent).not.toHaveBeenCalled();
    jest.advanceTimersByTime(200);

    expect(sent).toHaveBeenCalledTimes(1);
  });

  it('never asks for a negative delay', () => {
    const scheduled = jest.spyOn(globalThis, 'setTimeout');
    queue.maybeThrottle(100);
    queue.push(request(5, nothing));
    jest.advanceTimersByTime(10_000);
    queue.push(request(6, nothing));
    queue.fulfillRequest({ correlationId: 5, payload: null, size: 0 });

    expect(scheduled.mock.calls.map(([, delay]) => delay).filter((delay) => (delay ?? 0) < 0)).toEqual([]);
  });

  it('is patched once, however often it is asked for', () => {
    const prototype = RequestQueue.prototype as { readonly scheduleCheckPendingRequests: unknown };
    const before = prototype.scheduleCheckPendingRequests;
    patchKafkaTimers();
    expect(prototype.scheduleCheckPendingRequests).toBe(before);
  });
});
