import { setTimeout as pause } from 'node:timers/promises';

const EVERY_MS = 60;

/** Asks again until the answer holds, as a person would press reload. */
export const until = async <T>(
  what: string,
  ask: () => Promise<T>,
  holds: (answer: T) => boolean,
  timeoutMs = 20_000,
): Promise<T> => {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (holds(answer)) {
      return answer;
    }
    if (Date.now() > deadline) {
      throw new Error(`${what} did not come true in ${timeoutMs / 1000} s; last answer: ${JSON.stringify(answer)}`);
    }
    await pause(EVERY_MS);
  }
};
