import { createFrequencyGuard } from './frequency';

describe('the frequency guard', () => {
  it('blocks one key until the minute ends and leaves others alone', () => {
    const guard = createFrequencyGuard();
    expect([1, 2, 3].map(() => guard.isOver('a', 2, 1000))).toEqual([false, false, true]);
    expect(guard.isOver('b', 2, 1000)).toBe(false);
    expect(guard.isOver('a', 2, 60_999)).toBe(true);
    expect(guard.isOver('a', 2, 61_000)).toBe(false);
  });
});
