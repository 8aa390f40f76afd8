import type { OutgoingMessage } from '@daikaifa/contracts';
import { AppError, text } from '@daikaifa/kernel';

export interface SendQueueOptions {
  /** Delivers one batch whole; called again only after it has settled. */
  readonly deliver: (batch: readonly OutgoingMessage[]) => Promise<void>;
  /** How long a caller waits at most. */
  readonly timeoutMs: number;
  /** Of one batch; a single message over it is refused, so that it cannot spoil the batch of others. */
  readonly maxBatchBytes: number;
  readonly maxBatchMessages: number;
  /** Of everything that waits. */
  readonly maxWaitingBytes: number;
}

export interface SendQueue {
  send(messages: readonly OutgoingMessage[]): Promise<void>;
  /** Age of the batch in flight, 0 where there is none. */
  inFlightMs(): number;
  /** Refuses new messages and resolves when nothing waits or is in flight. */
  close(): Promise<void>;
}

interface Caller {
  readonly messages: readonly OutgoingMessage[];
  readonly bytes: number;
  /** Index of the first message that is in no batch yet. */
  next: number;
  /** Messages that are not acknowledged yet. */
  open: number;
  settle(error?: unknown): void;
}

interface Batch {
  readonly messages: OutgoingMessage[];
  /** Whose messages these are, and how many. */
  readonly shares: Map<Caller, number>;
}

/** Bytes of a record beside its key, value and headers, generously. */
const RECORD_OVERHEAD_BYTES = 100;

const sizeOf = ({ key, value, headers }: OutgoingMessage): number =>
  RECORD_OVERHEAD_BYTES +
  Buffer.byteLength(key) +
  Buffer.byteLength(value) +
  Object.entries(headers ?? {}).reduce((sum, [name, text]) => sum + name.length + Buffer.byteLength(text), 0);

const unavailable = (zh: string, en: string): AppError => new AppError('UNAVAILABLE', text(zh, en));

/**
 * Groups what callers send: while one batch is in flight it collects, then it delivers all of it at once. Batches
 * go one after the other and keep the order of the calls, so the order per key holds.
 */
export const createSendQueue = (options: SendQueueOptions): SendQueue => {
  /** In the order of the calls; a caller that has given up is taken out, whatever is in flight. */
  const waiting = new Set<Caller>();
  let waitingBytes = 0;
  let inFlightSince: number | null = null;
  let scheduled = false;
  let closed = false;
  let onIdle: (() => void) | null = null;

  const leave = (caller: Caller): void => {
    if (waiting.delete(caller)) {
      waitingBytes -= caller.bytes;
    }
  };

  const takeBatch = (): Batch => {
    const batch: Batch = { messages: [], shares: new Map() };
    let bytes = 0;
    for (const caller of waiting) {
      while (caller.next < caller.messages.length) {
        const message = caller.messages[caller.next]!;
        bytes += sizeOf(message);
        const full = bytes > options.maxBatchBytes || batch.messages.length >= options.maxBatchMessages;
        if (full && batch.messages.length > 0) {
          return batch;
        }
        batch.messages.push(message);
        batch.shares.set(caller, (batch.shares.get(caller) ?? 0) + 1);
        caller.next += 1;
      }
      leave(caller);
    }
    return batch;
  };

  const pump = async (): Promise<void> => {
    scheduled = false;
    while (inFlightSince === null && waiting.size > 0) {
      const batch = takeBatch();
      inFlightSince = Date.now();
      try {
        await options.deliver(batch.messages);
        for (const [caller, count] of batch.shares) {
          caller.open -= count;
          if (caller.open === 0) {
            caller.settle();
          }
        }
      } catch (error) {
        // Some of it may have arrived; nobody may rely on it. The rest of a long call is not sent after a gap.
        for (const caller of batch.shares.keys()) {
          caller.settle(error);
        }
      } finally {
        inFlightSince = null;
      }
    }
    if (inFlightSince === null && waiting.size === 0) {
      onIdle?.();
    }
  };

  const schedule = (): void => {
    if (!scheduled && inFlightSince === null) {
      scheduled = true;
      // After the current turn, so that what is sent together goes together.
      queueMicrotask(() => void pump());
    }
  };

  const enqueue = (messages: readonly OutgoingMessage[], bytes: number): Promise<void> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => caller.settle(unavailable('消息代理未在时限内确认', 'The broker did not acknowledge in time')),
        options.timeoutMs,
      );
      const caller: Caller = {
        messages,
        bytes,
        next: 0,
        open: messages.length,
        settle: (error) => {
          clearTimeout(timer);
          leave(caller);
          if (error === undefined) {
            resolve();
          } else {
            reject(error);
          }
        },
      };
      waiting.add(caller);
      waitingBytes += bytes;
      schedule();
    });

  return {
    send: async (messages) => {
      const sizes = messages.map(sizeOf);
      const bytes = sizes.reduce((sum, size) => sum + size, 0);
      if (closed) {
        throw unavailable('消息发送器已停止', 'The sender has stopped');
      }
      if (sizes.some((size) => size > options.maxBatchBytes)) {
        throw new AppError('INTERNAL_SERVER_ERROR', text('消息过大', 'A message is too large for the broker'), {
          details: { maxBytes: options.maxBatchBytes, largestBytes: Math.max(...sizes) },
        });
      }
      if (waitingBytes + bytes > options.maxWaitingBytes) {
        throw unavailable('等待发送的消息过多', 'Too many messages wait to be sent');
      }
      if (messages.length > 0) {
        await enqueue(messages, bytes);
      }
    },
    inFlightMs: () => (inFlightSince === null ? 0 : Date.now() - inFlightSince),
    close: () => {
      closed = true;
      return new Promise((resolve) => {
        if (inFlightSince === null && waiting.size === 0) {
          resolve();
        } else {
          onIdle = resolve;
        }
      });
    },
  };
};
