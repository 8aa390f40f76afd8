import { AppError, type ErrorCode, type LocalizedText } from '@daikaifa/kernel';
import type { RedisConnection } from '@daikaifa/redis';
import { LIMITS, type ErrorClass, type WecomFault } from '@daikaifa/wecom-protocol';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** A whitelist works about a minute after it was saved (doc 96213). */
const IP_STOP_MS = MINUTE_MS;
/** An app that is disabled: change_auth ends the stop earlier. */
const APP_STOP_MS = 10 * MINUTE_MS;
/** Only as long as nobody sends a newer ticket, which has another name here. */
const TICKET_STOP_MS = MINUTE_MS;
/** In effect until other credentials are recorded, which have another name here. */
const REFUSAL_STOP_MS = 30 * DAY_MS;
const OTHER_STOP_MS = MINUTE_MS;
const FIRST_RATE_STOP_MS = MINUTE_MS;
const LONGEST_RATE_STOP_MS = LIMITS.wrongSecretBanMs;

interface Stop {
  readonly code: ErrorCode;
  readonly text: LocalizedText;
  readonly classification: ErrorClass;
  readonly errcode: number | null;
  readonly untilMs: number;
}

/**
 * What must not be asked of WeCom again for a while, known to the whole cluster. A refused secret is never repeated: an
 * hour's ban of the calling IP threatens, and that would stop every publisher.
 */
export interface CallStops {
  /** @throws AppError with what WeCom answered the last time, `details.reason` CALLS_STOPPED, while there is a stop */
  check(name: string): Promise<void>;
  /** Stops the calls of this name where the fault says so; a fault that may pass by itself stops nothing. */
  note(name: string, fault: WecomFault): Promise<void>;
  /** After a call that worked. */
  clear(name: string): Promise<void>;
  /** Ends a stop after a refusal that may be over; a frequency limit and a refused address are still waited out. */
  lift(name: string): Promise<void>;
}

/** What a refused token means to the caller. A refused address is mended by the operator: trying later helps. */
export const refusalCodeOf = ({ classification, retryable }: WecomFault): ErrorCode => {
  if (classification === 'RATE_LIMITED') {
    return 'RATE_LIMITED';
  }
  return retryable || classification === 'IP_REFUSED' ? 'UNAVAILABLE' : 'INVALID_STATE';
};

const stopMsOf = (fault: WecomFault, timesLimited: number): number => {
  switch (fault.classification) {
    case 'RATE_LIMITED':
      return Math.min(FIRST_RATE_STOP_MS * 2 ** (timesLimited - 1), LONGEST_RATE_STOP_MS);
    case 'TICKET_INVALID':
      return TICKET_STOP_MS;
    case 'IP_REFUSED':
      return IP_STOP_MS;
    case 'APP_UNAVAILABLE':
      return APP_STOP_MS;
    case 'SECRET_REFUSED':
    case 'CONFIGURATION':
    case 'AUTHORIZATION_GONE':
      return REFUSAL_STOP_MS;
    default:
      return fault.retryable ? 0 : OTHER_STOP_MS;
  }
};

export const createCallStops = ({ client }: RedisConnection): CallStops => {
  const stopKey = (name: string): string => `call-stop:${name}`;
  const countKey = (name: string): string => `call-limited:${name}`;

  const countLimited = async (name: string): Promise<number> => {
    const times = await client.incr(countKey(name));
    await client.pexpire(countKey(name), 2 * LONGEST_RATE_STOP_MS);
    return times;
  };

  return {
    check: async (name) => {
      const stored = await client.get(stopKey(name));
      if (stored === null) {
        return;
      }
      const { code, text, classification, errcode, untilMs } = JSON.parse(stored) as Stop;
      throw new AppError(code, text, {
        details: { reason: 'CALLS_STOPPED', classification, errcode, until: new Date(untilMs).toISOString() },
      });
    },
    note: async (name, fault) => {
      const { classification } = fault;
      const stopMs = stopMsOf(fault, classification === 'RATE_LIMITED' ? await countLimited(name) : 0);
      if (stopMs === 0) {
        return;
      }
      const stop: Stop = {
        code: refusalCodeOf(fault),
        text: fault.text,
        classification,
        errcode: fault.errcode ?? null,
        untilMs: Date.now() + stopMs,
      };
      await client.set(stopKey(name), JSON.stringify(stop), 'PX', stopMs);
    },
    clear: async (name) => {
      await client.del(stopKey(name), countKey(name));
    },
    lift: async (name) => {
      const stored = await client.get(stopKey(name));
      const { classification } = stored === null ? { classification: null } : (JSON.parse(stored) as Stop);
      if (classification !== null && classification !== 'RATE_LIMITED' && classification !== 'IP_REFUSED') {
        await client.del(stopKey(name));
      }
    },
  };
};
