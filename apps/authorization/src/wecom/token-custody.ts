import { AppError, isAppError, text, type Clock, type Result } from '@daikaifa/kernel';
import type { FetchedValue, SharedValues } from '@daikaifa/redis';
import { wecomFaultToAppError, type TokenAnswer, type WecomFault } from '@daikaifa/wecom-protocol';
import type { AccessToken, TokenCall } from '../application/ports';
import type { Sealing } from '../application/sealing';
import { refusalCodeOf, type CallStops } from './call-stops';

/** How one token is got. */
export interface Grant {
  /** Of the token in the cluster. Holds the generation of the credentials: new ones never meet an old token or stop. */
  readonly name: string;
  /** Of the stop after a refused suite_ticket: the next ticket ends it, while a refused secret stays refused. */
  readonly ticketStopName?: string;
  readonly fetch: () => Promise<Result<TokenAnswer, WecomFault>>;
  readonly onGranted?: () => Promise<void>;
  readonly onRefused?: (fault: WecomFault) => Promise<void>;
}

export interface TokenCustody {
  /** @throws AppError, see `TokenSource` */
  token(grant: Grant): Promise<AccessToken>;
  use<T>(grant: Grant, call: TokenCall<T>): Promise<Result<T, WecomFault>>;
  /** See `allowAppTokenAgain` of `TokenSource`. */
  allowAgain(name: string): Promise<void>;
  /** Destroys the token of this name, and what is known about it. */
  forget(name: string): Promise<void>;
}

interface Options {
  readonly values: SharedValues;
  readonly stops: CallStops;
  readonly sealing: Pick<Sealing, 'sealToken' | 'openToken'>;
  readonly clock: Clock;
  /** 60020: the address that WeCom saw is not on the whitelist. */
  readonly onIpRefused: (fault: WecomFault) => void;
}

/** Whoever gets a token can work with it for at least so long. */
const REFRESH_EARLY_MS = 5 * 60_000;

interface HeldToken extends AccessToken {
  /** As it is stored. */
  readonly stored: string;
}

const redisAway = (cause: unknown): AppError =>
  new AppError(
    'UNAVAILABLE',
    text('令牌缓存暂不可用，请稍后重试', 'The token cache does not answer at the moment; try again later'),
    { cause },
  );

const refusal = (fault: WecomFault): AppError => {
  const { text: message, details } = wecomFaultToAppError(fault);
  return new AppError(refusalCodeOf(fault), message, { details: { reason: 'REFUSED', ...details } });
};

/** One fetch per token in the whole cluster, kept sealed; refusals are remembered, so that they are not repeated. */
export const createTokenCustody = (options: Options): TokenCustody => {
  const { values, stops, sealing, clock, onIpRefused } = options;

  const noteFault = async (name: string, fault: WecomFault): Promise<void> => {
    if (fault.classification === 'IP_REFUSED') {
      onIpRefused(fault);
    }
    await stops.note(name, fault);
  };

  const stopOf = (grant: Grant, fault: WecomFault): string =>
    fault.classification === 'TICKET_INVALID' ? (grant.ticketStopName ?? grant.name) : grant.name;

  const fetchToken = async (grant: Grant): Promise<FetchedValue> => {
    await stops.check(grant.name);
    if (grant.ticketStopName !== undefined) {
      await stops.check(grant.ticketStopName);
    }
    const askedAtMs = clock.now().getTime();
    const answer = await grant.fetch();
    if (!answer.ok) {
      await noteFault(stopOf(grant, answer.error), answer.error);
      await grant.onRefused?.(answer.error);
      throw refusal(answer.error);
    }
    await stops.clear(grant.name);
    await grant.onGranted?.();
    const { token, expiresInSec } = answer.value;
    const lifeMs = expiresInSec * 1000;
    const held = JSON.stringify({ token, expiresAtMs: askedAtMs + lifeMs });
    // A token with a short rest of its life is still shared, for half of it.
    return { stored: sealing.sealToken(grant.name, held), ttlMs: Math.max(lifeMs - REFRESH_EARLY_MS, lifeMs / 2) };
  };

  const orAway = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw isAppError(error) ? error : redisAway(error);
    }
  };

  const hold = (grant: Grant, rejected?: string): Promise<HeldToken> =>
    orAway(async () => {
      const stored = await values.get(grant.name, () => fetchToken(grant), rejected);
      const opened = sealing.openToken(grant.name, stored);
      const { token, expiresAtMs } = JSON.parse(opened) as { token: string; expiresAtMs: number };
      return { token, expiresAt: new Date(expiresAtMs), stored };
    });

  /** Limits on the calls that a token is used for, beside those on getting it. */
  const useOf = (name: string): string => `use:${name}`;

  /** Only what is about the calls of this token as such: the caller decides about everything else. */
  const noteUse = async (grant: Grant, fault: WecomFault): Promise<void> => {
    if (fault.classification === 'RATE_LIMITED' || fault.classification === 'IP_REFUSED') {
      // The answer is worth more than the note: it must reach the caller although Redis is away.
      await noteFault(useOf(grant.name), fault).catch(() => undefined);
    }
  };

  return {
    token: async (grant) => {
      const { token, expiresAt } = await hold(grant);
      return { token, expiresAt };
    },
    use: async (grant, call) => {
      await orAway(() => stops.check(useOf(grant.name)));
      const held = await hold(grant);
      const first = await call(held.token);
      if (first.ok) {
        return first;
      }
      if (first.error.classification !== 'TOKEN_EXPIRED') {
        await noteUse(grant, first.error);
        return first;
      }
      const renewed = await hold(grant, held.stored).catch(() => null);
      if (renewed === null) {
        return first;
      }
      const second = await call(renewed.token);
      if (!second.ok) {
        await noteUse(grant, second.error);
      }
      return second;
    },
    allowAgain: (name) => orAway(() => stops.lift(name)),
    forget: (name) =>
      orAway(async () => {
        await values.forget(name);
        await stops.clear(name);
        await stops.clear(useOf(name));
      }),
  };
};
