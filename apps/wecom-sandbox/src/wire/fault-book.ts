import { setTimeout as pause } from 'node:timers/promises';
import type { Store } from '../store/store';
import type { Fault } from '../store/types';

const LONGEST_HOLD_MS = 600_000;

/** Faults on order. They are stored; who waits for one lives in memory only. */
export interface FaultBook {
  /** The faults that strike now; each loses one of its `times`. */
  take(target: Fault['target'], name: string, subjects: readonly string[]): Fault[];
  /** Waits until the fault is released, or for `delayMs` when it has one. */
  hold(fault: Fault): Promise<void>;
  delay(fault: Fault): Promise<void>;
  /** How many calls or pushes a `hold` or `reorder` keeps waiting right now. */
  waiting(faultId: string): number;
  /** @returns how many were let go */
  release(faultId: string): number;
  remove(faultId: string): void;
}

const matches = (fault: Fault, target: Fault['target'], name: string, subjects: readonly string[]): boolean =>
  fault.times > 0 &&
  fault.target === target &&
  (fault.match === '*' || fault.match === name) &&
  (fault.subject === undefined || subjects.includes(fault.subject));

export const createFaultBook = (store: Store, stop: AbortSignal): FaultBook => {
  const held = new Map<string, Set<() => void>>();

  const release = (faultId: string): number => {
    const waiters = [...(held.get(faultId) ?? [])];
    waiters.forEach((letGo) => letGo());
    return waiters.length;
  };

  return {
    take: (target, name, subjects) =>
      store.faults
        .all()
        .filter((fault) => matches(fault, target, name, subjects))
        .map((fault) => store.faults.put({ ...fault, times: fault.times - 1, hits: fault.hits + 1 })),
    hold: (fault) =>
      new Promise<void>((resolve) => {
        const waiters = held.get(fault.id) ?? new Set();
        held.set(fault.id, waiters);
        const letGo = (): void => {
          clearTimeout(timer);
          stop.removeEventListener('abort', letGo);
          waiters.delete(letGo);
          resolve();
        };
        const timer = setTimeout(letGo, fault.delayMs > 0 ? fault.delayMs : LONGEST_HOLD_MS);
        stop.addEventListener('abort', letGo, { once: true });
        waiters.add(letGo);
      }),
    delay: (fault) => pause(fault.delayMs, undefined, { signal: stop }).catch(() => undefined),
    waiting: (faultId) => held.get(faultId)?.size ?? 0,
    release,
    remove: (faultId) => {
      release(faultId);
      store.faults.remove(faultId);
    },
  };
};
