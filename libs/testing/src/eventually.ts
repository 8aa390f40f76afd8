import { setTimeout as pause } from 'node:timers/promises';

/** A machine that stood still for the whole time gets its looks all the same. */
const LEAST_LOOKS = 10;

/**
 * Waits for a condition instead of for time.
 * @returns the first result that is not false, null or undefined
 * @throws the last error, or a description of the last result, when the time is over
 */
export const eventually = async <T>(
  check: () => T | Promise<T>,
  options: { readonly timeoutMs?: number; readonly everyMs?: number } = {},
): Promise<NonNullable<T>> => {
  const deadline = Date.now() + (options.timeoutMs ?? 15_000);
  let last: unknown;
  for (let looks = 1; ; looks += 1) {
    try {
      const result = await check();
      if (result !== false && result !== null && result !== undefined) {
        return result;
      }
      last = new Error(`the condition did not hold in time; last result: ${String(result)}`);
    } catch (error) {
      last = error;
    }
    if (Date.now() >= deadline && looks >= LEAST_LOOKS) {
      throw last;
    }
    await pause(options.everyMs ?? 50);
  }
};
