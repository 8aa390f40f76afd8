import type { Clock } from '@daikaifa/kernel';
import type { Logger } from '@daikaifa/observability';
import type { RedisConnection } from '@daikaifa/redis';
import type { RecentEvents } from '../application/ports';
import { RECEIPT_STATES, type ReceiptState } from '../domain/receipt';

const ANSWER_MS = 50;
/** After a fault Redis is left alone for this long: requests must not wait for it one after the other. */
const REST_MS = 1_000;

const inTime = async <T>(work: Promise<T>): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ANSWER_MS} ms`)), ANSWER_MS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
};

/**
 * What all ingress processes of the cluster accepted within the window, in Redis: a re-send that reaches another
 * process is recognised. While Redis is away nothing is known, and events are published again.
 */
export const createRecentEvents = (
  { client }: RedisConnection,
  options: { readonly windowMs: number; readonly clock: Clock; readonly logger: Logger },
): RecentEvents => {
  const { windowMs, clock, logger } = options;
  let restUntilMs = 0;
  const key = (id: string): string => `event:${id}`;

  const attempt = async <T>(work: () => Promise<T>): Promise<T | null> => {
    if (Date.now() < restUntilMs) {
      return null;
    }
    try {
      return await inTime(work());
    } catch (error) {
      restUntilMs = Date.now() + REST_MS;
      logger.debug({ err: error }, 'recent events are not known: Redis does not answer');
      return null;
    }
  };

  return {
    find: async (id) => {
      const stored = await attempt(() => client.get(key(id)));
      const [state, atMs] = stored?.split(' ') ?? [];
      const isRecent = Number(atMs) > clock.now().getTime() - windowMs;
      return isRecent && RECEIPT_STATES.includes(state as ReceiptState) ? (state as ReceiptState) : null;
    },
    remember: (id, state) => {
      void attempt(() => client.set(key(id), `${state} ${clock.now().getTime()}`, 'PX', windowMs));
    },
  };
};
