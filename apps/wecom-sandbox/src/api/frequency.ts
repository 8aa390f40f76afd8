const WINDOW_MS = 60_000;

/** Counts calls per key in windows of one minute; a key that is over the limit stays so until the window ends. */
export const createFrequencyGuard = (): { isOver(key: string, limit: number, nowMs: number): boolean } => {
  let windowStart = Number.NEGATIVE_INFINITY;
  let counts = new Map<string, number>();
  return {
    isOver: (key, limit, nowMs) => {
      if (Math.abs(nowMs - windowStart) >= WINDOW_MS) {
        windowStart = nowMs;
        counts = new Map();
      }
      const count = (counts.get(key) ?? 0) + 1;
      counts.set(key, count);
      return count > limit;
    },
  };
};
