import type { Logger } from '@daikaifa/observability';
import { DEFAULT_LIMITS, type Limits } from './rules/limits';
import type { Store } from './store/store';
import { createFaultBook, type FaultBook } from './wire/fault-book';
import { createPusher, type Pusher } from './wire/pusher';

/** What every door of the sandbox works on. */
export interface Sandbox {
  readonly store: Store;
  readonly faults: FaultBook;
  readonly pusher: Pusher;
  readonly logger: Logger;
  /** Milliseconds, with the offset that tests set. */
  nowMs(): number;
  clockOffsetMs(): number;
  setClockOffsetMs(offsetMs: number): void;
  limits(): Limits;
  changeLimits(changes: Partial<Limits>): Limits;
  /** Remembers a secret that is given out or typed in, for those who search for leaks. */
  keepSecret(kind: string, owner: string, value: string): string;
  /** Where browsers and QR codes reach the pages. */
  publicUrl(): string;
  readonly callbackIps: readonly string[];
  readonly allowHttpCallbacks: boolean;
  readonly stop: AbortSignal;
}

interface SandboxParts {
  readonly store: Store;
  readonly logger: Logger;
  readonly limits: Partial<Limits>;
  readonly publicUrl: () => string;
  readonly callbackIps: readonly string[];
  readonly allowHttpCallbacks: boolean;
  readonly stop: AbortSignal;
}

export const createSandbox = ({ limits: initialLimits, ...parts }: SandboxParts): Sandbox => {
  const { store } = parts;
  // Both are asked for on every call: read from the store once.
  let clockOffsetMs = (store.readSetting('clockOffsetMs') as number | undefined) ?? 0;
  let changedLimits = (store.readSetting('limits') as Partial<Limits> | undefined) ?? {};
  const nowMs = (): number => Date.now() + clockOffsetMs;
  const limits = (): Limits => ({ ...DEFAULT_LIMITS, ...initialLimits, ...changedLimits });
  const faults = createFaultBook(store, parts.stop);

  return {
    ...parts,
    faults,
    pusher: createPusher({ store, faults, limits, nowMs, logger: parts.logger, stop: parts.stop }),
    nowMs,
    clockOffsetMs: () => clockOffsetMs,
    setClockOffsetMs: (offsetMs) => {
      clockOffsetMs = offsetMs;
      store.writeSetting('clockOffsetMs', offsetMs);
    },
    limits,
    changeLimits: (changes) => {
      changedLimits = { ...changedLimits, ...changes };
      store.writeSetting('limits', changedLimits);
      return limits();
    },
    keepSecret: (kind, owner, value) => {
      store.secrets.put({ id: value, kind, owner, at: nowMs() });
      return value;
    },
  };
};
