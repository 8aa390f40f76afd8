import type { Logger } from '@daikaifa/observability';
import type { UseCases } from '../application/use-cases';

const LOOK_EVERY_MS = 500;

export interface Mover {
  start(): void;
  stop(): Promise<void>;
}

/**
 * Moves what this ingress process has stored as soon as Kafka is back. It needs no job queue: a deployment that has
 * lost Kafka for a while may have lost more. What a dead process left is found by the job.
 */
export const createMover = (
  { moveStored, takeBacklogMark }: Pick<UseCases, 'moveStored' | 'takeBacklogMark'>,
  logger: Logger,
): Mover => {
  let timer: NodeJS.Timeout | null = null;
  let isOpen = false;
  let moving: Promise<void> = Promise.resolve();
  let isMoving = false;

  const move = async (): Promise<void> => {
    isOpen = takeBacklogMark() || isOpen;
    if (!isOpen || isMoving) {
      return;
    }
    isMoving = true;
    try {
      const moved = await moveStored();
      isOpen = moved === null;
      if (moved !== null && moved > 0) {
        logger.info({ 'events.moved': moved }, 'stored events moved to Kafka');
      }
    } catch (error) {
      logger.debug({ err: error }, 'stored events cannot be moved yet');
    } finally {
      isMoving = false;
    }
  };

  return {
    start: () => {
      timer ??= setInterval(() => {
        moving = move();
      }, LOOK_EVERY_MS).unref();
    },
    stop: async () => {
      if (timer !== null) {
        clearInterval(timer);
        timer = null;
      }
      await moving;
    },
  };
};
