import type { AttemptRecord, Deliveries } from './delivery-ports';

/** Writes attempts together: while one write is under way, the next collects. A call resolves when its own is durable. */
export const createAttemptLog = (deliveries: Pick<Deliveries, 'record'>) => {
  let waiting: AttemptRecord[] = [];
  let next: Promise<void> | null = null;
  let current: Promise<void> = Promise.resolve();

  const flush = async (): Promise<void> => {
    await current.catch(() => undefined);
    next = null;
    const records = waiting;
    waiting = [];
    current = deliveries.record(records);
    await current;
  };

  return {
    write: (record: AttemptRecord): Promise<void> => {
      waiting.push(record);
      next ??= flush();
      return next;
    },
  };
};
