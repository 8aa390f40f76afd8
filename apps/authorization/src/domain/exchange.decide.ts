import { err, ok, text, type Decision, type LocalizedText, type Result } from '@daikaifa/kernel';
import type { Exchange, ExchangeFailure, ExchangeOutcome } from './exchange';

/** doc 97163: counted from when WeCom made it, which was before it arrived. */
const CODE_VALID_MS = 600_000;
const FIRST_BACKOFF_MS = 1000;
const LONGEST_BACKOFF_MS = 30_000;
/** Longer than one call of WeCom may take: until then the attempt belongs to the process that began it. */
const ATTEMPT_MS = 45_000;
/** Short: a new ticket may come any moment. */
const NOT_ASKED_BACKOFF_MS = 3000;
const NOT_APPLICABLE_BACKOFF_MS = 3_600_000;
/** WeCom was asked in vain for this long after the code had expired: nobody will ever know. */
const GIVE_UP_AFTER_MS = 86_400_000;

export type ExchangeRejection = 'ALREADY_ENDED' | 'ALREADY_ANSWERED' | 'NOT_ANSWERED' | 'NOT_DUE';

interface Failure {
  readonly failure: ExchangeFailure;
  readonly errcode: number | null;
  readonly text: LocalizedText;
}

const quiet = (next: Exchange): Decision<Exchange> => ({ next, facts: [] });

const backoffMs = (attempts: number): number => Math.min(FIRST_BACKOFF_MS * 2 ** (attempts - 1), LONGEST_BACKOFF_MS);

const after = (now: Date, ms: number): Date => new Date(now.getTime() + ms);

const FAILURE_TEXTS: Readonly<Record<Exclude<ExchangeFailure, 'REFUSED'>, LocalizedText>> = {
  CODE_EXPIRED: text(
    '临时授权码已过期；请让企业重新扫码，或在企业微信后台重新获取 secret',
    'The auth code has expired: let the corp scan again, or press 重新获取 secret in WeCom’s console',
  ),
  CODE_CONSUMED: text(
    '临时授权码已被使用，但应答丢失；请在企业微信后台为该应用重新获取 secret',
    'The auth code was used and the answer was lost: press 重新获取 secret for this app in WeCom’s console',
  ),
};

const failed = (exchange: Exchange, { failure, errcode, text: reason }: Failure, now: Date): Exchange => ({
  ...exchange,
  status: 'FAILED',
  failure,
  errcode,
  errorText: reason,
  sealedCode: null,
  nextAttemptAt: null,
  endedAt: now,
  updatedAt: now,
});

const codeFailure = (
  exchange: Exchange,
  failure: keyof typeof FAILURE_TEXTS,
  cause: { readonly errcode: number | null; readonly now: Date },
): Exchange => failed(exchange, { failure, errcode: cause.errcode, text: FAILURE_TEXTS[failure] }, cause.now);

/**
 * @param event `receivedAt` is the arrival at the callback: from then on we know that the code was alive
 */
export const receiveCode = (
  event: Pick<Exchange, 'id' | 'publisherId' | 'templateId' | 'suiteId' | 'source' | 'linkState' | 'causedAt'> & {
    readonly receivedAt: Date;
  },
  sealedCode: string,
  now: Date,
): Exchange => {
  const { receivedAt, ...facts } = event;
  return {
    ...facts,
    version: 0,
    createdAt: now,
    updatedAt: now,
    expiresAt: after(receivedAt, CODE_VALID_MS),
    status: 'RECEIVED',
    failure: null,
    attempts: 0,
    attemptStartedAt: null,
    earlierAttemptOpen: false,
    sealedCode,
    sealedAnswer: null,
    errcode: null,
    errorText: null,
    nextAttemptAt: now,
    authorizationId: null,
    endedAt: null,
  };
};

/**
 * The end of a code that need not be tried any more: its ten minutes passed without any attempt whose answer could
 * have been lost, or WeCom could not be asked for a day after that.
 * @returns null while there is still something to try
 */
export const giveUp = (exchange: Exchange, now: Date): Decision<Exchange> | null => {
  if (exchange.status !== 'RECEIVED' || exchange.expiresAt > now) {
    return null;
  }
  const cause = { errcode: exchange.errcode, now };
  if (exchange.attemptStartedAt === null) {
    return quiet(codeFailure(exchange, 'CODE_EXPIRED', cause));
  }
  return after(exchange.expiresAt, GIVE_UP_AFTER_MS) <= now
    ? quiet(codeFailure(exchange, 'CODE_CONSUMED', cause))
    : null;
};

/**
 * Writes down that WeCom is about to be called. Saved before the call, and the call is fenced by that save.
 * Only with a token at hand: a call that was never made is no attempt.
 */
export const beginAttempt = (exchange: Exchange, now: Date): Result<Decision<Exchange>, ExchangeRejection> => {
  if (exchange.status === 'FAILED') {
    return err('ALREADY_ENDED');
  }
  if (exchange.status === 'EXCHANGED') {
    return err('ALREADY_ANSWERED');
  }
  if (exchange.nextAttemptAt !== null && exchange.nextAttemptAt > now) {
    return err('NOT_DUE');
  }
  return ok(
    quiet({
      ...exchange,
      attempts: exchange.attempts + 1,
      attemptStartedAt: exchange.attemptStartedAt ?? now,
      earlierAttemptOpen: exchange.attemptStartedAt !== null,
      // Should this process die now, another one goes on after that.
      nextAttemptAt: after(now, ATTEMPT_MS),
      updatedAt: now,
    }),
  );
};

/** The step needs WeCom, and it cannot be asked: nothing was called with the code, so this is not an attempt. */
export const postpone = (
  exchange: Exchange,
  fault: { readonly errcode: number | null; readonly text: LocalizedText },
  now: Date,
): Decision<Exchange> | null =>
  exchange.nextAttemptAt === null
    ? null
    : quiet({
        ...exchange,
        errcode: fault.errcode,
        errorText: fault.text,
        nextAttemptAt: after(now, NOT_ASKED_BACKOFF_MS),
        updatedAt: now,
      });

const answered = (exchange: Exchange, sealedAnswer: string, now: Date): Exchange => ({
  ...exchange,
  status: 'EXCHANGED',
  failure: null,
  errcode: null,
  errorText: null,
  sealedCode: null,
  sealedAnswer,
  nextAttemptAt: now,
  endedAt: null,
  updatedAt: now,
});

/**
 * What WeCom's answer means for the exchange as it is stored now.
 * @param attempt the number of the attempt (`attempts` after `beginAttempt`) that came to this outcome
 * @returns null when another process has gone on. An answer is always taken, also over a failure: nobody else has it.
 */
export const concludeAttempt = (
  exchange: Exchange,
  attempt: number,
  outcome: ExchangeOutcome,
  now: Date,
): Decision<Exchange> | null => {
  if (exchange.status === 'EXCHANGED') {
    return null;
  }
  if (outcome.kind === 'ANSWERED') {
    return quiet(answered(exchange, outcome.sealedAnswer, now));
  }
  if (exchange.status === 'FAILED' || exchange.attempts !== attempt) {
    return null;
  }
  const { errcode } = outcome;
  switch (outcome.kind) {
    case 'CODE_INVALID':
      // An attempt before this one may have been answered without our storing it: then WeCom has given the code out.
      return quiet(
        codeFailure(exchange, exchange.earlierAttemptOpen ? 'CODE_CONSUMED' : 'CODE_EXPIRED', { errcode, now }),
      );
    case 'REFUSED':
      return quiet(failed(exchange, { failure: 'REFUSED', errcode, text: outcome.text }, now));
    case 'NOT_SPENT':
    case 'UNKNOWN':
      return quiet({
        ...exchange,
        errcode,
        errorText: outcome.text,
        attemptStartedAt:
          outcome.kind === 'NOT_SPENT' && !exchange.earlierAttemptOpen ? null : exchange.attemptStartedAt,
        nextAttemptAt: after(now, backoffMs(exchange.attempts)),
        updatedAt: now,
      });
  }
};

/** The stored answer cannot be read. It is kept: a later version of this service, or a person, may know what to do. */
export const keepUnreadable = (exchange: Exchange, now: Date): Decision<Exchange> | null =>
  exchange.status === 'EXCHANGED'
    ? quiet({
        ...exchange,
        errorText: text('企业微信的应答无法解析，已加密保存', 'WeCom’s answer cannot be read; it is kept, sealed'),
        nextAttemptAt: after(now, NOT_APPLICABLE_BACKOFF_MS),
        updatedAt: now,
      })
    : null;

/** The answer has become (part of) an authorization: its sealed copy is destroyed. */
export const markApplied = (
  exchange: Exchange,
  authorizationId: string,
  now: Date,
): Result<Decision<Exchange>, ExchangeRejection> =>
  exchange.status === 'EXCHANGED'
    ? ok(
        quiet({
          ...exchange,
          authorizationId,
          sealedAnswer: null,
          errcode: null,
          errorText: null,
          nextAttemptAt: null,
          endedAt: now,
          updatedAt: now,
        }),
      )
    : err('NOT_ANSWERED');
