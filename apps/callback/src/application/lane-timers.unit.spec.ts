import { createLaneTimers } from './lane-timers';

const NOW = new Date('2026-03-02T00:00:00.000Z');
const after = (ms: number): Date => new Date(NOW.getTime() + ms);

describe('the timers of lanes', () => {
  let woken: string[];
  let timers: ReturnType<typeof createLaneTimers>;

  beforeEach(() => {
    jest.useFakeTimers({ now: NOW });
    woken = [];
    timers = createLaneTimers({
      clock: { now: () => new Date() },
      deliveryWakes: { deliver: (id) => Promise.resolve(void woken.push(id)) },
    });
  });
  afterEach(() => jest.useRealTimers());

  it('wake each lane when it is due, not before', () => {
    timers.set('a', after(5_000));
    timers.set('b', after(2_000));

    jest.advanceTimersByTime(4_999);
    expect(woken).toEqual(['b']);
    jest.advanceTimersByTime(1);
    expect(woken).toEqual(['b', 'a']);
  });

  it('keep the earliest moment of a lane, and wake it once', () => {
    timers.set('a', after(5_000));
    timers.set('a', after(1_000));
    timers.set('a', after(3_000));

    jest.advanceTimersByTime(1_000);
    expect(woken).toEqual(['a']);
    jest.advanceTimersByTime(10_000);
    expect(woken).toEqual(['a']);
  });

  it('let what is due in a moment, or was already, come together first', () => {
    timers.set('a', after(-1));

    jest.advanceTimersByTime(199);
    expect(woken).toEqual([]);
    jest.advanceTimersByTime(1);
    expect(woken).toEqual(['a']);
  });

  it('leave to the sweep what is due in more than a minute', () => {
    timers.set('a', after(60_001));

    expect(jest.getTimerCount()).toBe(0);
  });

  it('wake nobody any more once they are cleared', () => {
    timers.set('a', after(1_000));
    timers.clear();

    jest.advanceTimersByTime(1_000);
    expect(woken).toEqual([]);
  });
});
