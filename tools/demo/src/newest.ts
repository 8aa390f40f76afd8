import { OperationRefused } from '@daikaifa/client';

const TRIES = 5;

const isOvertaken = (error: unknown): boolean => error instanceof OperationRefused && error.errors[0]?.extensions?.code === 'CONFLICT';

/**
 * Reads, then changes what was read. An observation may write in between and is no mistake of the person's: she reads
 * again and presses once more.
 * @throws OperationRefused any other refusal at once; CONFLICT when she was overtaken every time
 */
export const onNewest = async <Read, Answer>(read: () => Promise<Read>, change: (newest: Read) => Promise<Answer>): Promise<Answer> => {
  for (let left = TRIES - 1; ; left -= 1) {
    const newest = await read();
    try {
      return await change(newest);
    } catch (error) {
      if (left === 0 || !isOvertaken(error)) {
        throw error;
      }
    }
  }
};
