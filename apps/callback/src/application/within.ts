import { AppError, text } from '@daikaifa/kernel';

/**
 * The result of `work`, if it comes in time. The work itself is not stopped: what it does later is harmless by the
 * idempotence of what it does.
 * @throws AppError UNAVAILABLE after `limitMs`
 */
export const within = async <T>(limitMs: number, work: Promise<T>): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new AppError('UNAVAILABLE', text('未在时限内完成', 'It was not done in time'), { details: { limitMs } })),
      limitMs,
    );
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
};
