import { setTimeout as pause } from 'node:timers/promises';

/** Hands out at most `perSecond` starts a second, the first ones at once. */
export const createPace = (perSecond: number) => {
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
