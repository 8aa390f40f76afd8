/** A partition that waits for a dependency. */
export interface PartitionFault {
  /** Contract name. */
  readonly topic: string;
  readonly partition: number;
  readonly since: Date;
  readonly attempts: number;
  readonly error: string;
}

export interface PartitionPauses {
  /** Counts one more failed try of a partition and calls `resume` after the back-off. */
  pause(options: {
    readonly topic: string;
    readonly partition: number;
    readonly error: unknown;
    readonly resume: () => void;
  }): PartitionFault;
  /** @returns the fault that is over, if there was one */
  clear(topic: string, partition: number): PartitionFault | null;
  clearAll(): void;
  list(): readonly PartitionFault[];
}

const FIRST_PAUSE_MS = 100;
const MAX_PAUSE_MS = 5_000;

/** Doubles with each try, up to 5 seconds. */
export const backOffMs = (attempts: number): number => Math.min(FIRST_PAUSE_MS * 2 ** (attempts - 1), MAX_PAUSE_MS);

export const createPartitionPauses = (): PartitionPauses => {
  const paused = new Map<string, { fault: PartitionFault; timer: NodeJS.Timeout }>();
  const keyOf = (topic: string, partition: number): string => `${topic}|${partition}`;

  return {
    pause: ({ topic, partition, error, resume }) => {
      const key = keyOf(topic, partition);
      const earlier = paused.get(key);
      clearTimeout(earlier?.timer);
      const fault: PartitionFault = {
        topic,
        partition,
        since: earlier?.fault.since ?? new Date(),
        attempts: (earlier?.fault.attempts ?? 0) + 1,
        error: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
      };
      paused.set(key, { fault, timer: setTimeout(resume, backOffMs(fault.attempts)) });
      return fault;
    },
    clear: (topic, partition) => {
      const found = paused.get(keyOf(topic, partition));
      clearTimeout(found?.timer);
      paused.delete(keyOf(topic, partition));
      return found?.fault ?? null;
    },
    clearAll: () => {
      for (const { timer } of paused.values()) {
        clearTimeout(timer);
      }
      paused.clear();
    },
    list: () => [...paused.values()].map(({ fault }) => fault),
  };
};
