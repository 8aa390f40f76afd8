import { isAppError, platformScope, text, type LocalizedText } from '@daikaifa/kernel';
import type { WecomFault } from '@daikaifa/wecom-protocol';
import type { Exchange, ExchangeOutcome } from '../domain/exchange';
import { beginAttempt, concludeAttempt, giveUp, postpone } from '../domain/exchange.decide';
import { alarmed } from './alarmed';
import type { Alarm, Dependencies } from './ports';

const SCOPE = platformScope('exchange an auth code');

/** The answer exists in this process alone: it is worth waiting for the database. */
const STORE_TRIES = 40;
const STORE_PAUSE_MS = 1000;

type Parts = Pick<
  Dependencies,
  'exchanges' | 'tokens' | 'wecom' | 'sealing' | 'wakeUps' | 'alarms' | 'clock' | 'pause'
>;

const errcodeOf = (error: { readonly details: Readonly<Record<string, unknown>> }): number | null =>
  typeof error.details['errcode'] === 'number' ? error.details['errcode'] : null;

/** WeCom turns these away before it looks at the code. */
const TURNED_AWAY = new Set<WecomFault['classification']>([
  'TOKEN_EXPIRED',
  'TICKET_INVALID',
  'RATE_LIMITED',
  'IP_REFUSED',
]);

const HOLDS_A_CODE = /"permanent_code"\s*:\s*"[^"]/;

const outcomeOf = (fault: WecomFault, seal: (rawText: string) => string): ExchangeOutcome => {
  const told = { errcode: fault.errcode ?? null, text: fault.text };
  const raw = fault.rawAnswer?.reveal();
  if (raw !== undefined && HOLDS_A_CODE.test(raw)) {
    // Not as documented, but the code is spent and this is what came for it.
    return { kind: 'ANSWERED', sealedAnswer: seal(raw) };
  }
  if (fault.classification === 'CODE_INVALID') {
    return { kind: 'CODE_INVALID', ...told };
  }
  if (fault.reached === 'NO' || TURNED_AWAY.has(fault.classification)) {
    return { kind: 'NOT_SPENT', ...told };
  }
  return fault.kind === 'ERRCODE' && !fault.retryable ? { kind: 'REFUSED', ...told } : { kind: 'UNKNOWN', ...told };
};

const call = async ({ tokens, wecom, sealing }: Parts, exchange: Exchange): Promise<ExchangeOutcome> => {
  const { id, templateId, sealedCode } = exchange;
  const authCode = sealing.openAuthCode(id, sealedCode ?? '');
  const seal = (rawText: string): string => sealing.sealAnswer(id, rawText);
  try {
    const answer = await tokens.withSuiteToken(templateId, (suiteAccessToken) =>
      wecom.getPermanentCode({ suiteAccessToken, authCode }),
    );
    return answer.ok
      ? { kind: 'ANSWERED', sealedAnswer: seal(answer.value.rawText) }
      : outcomeOf(answer.error, seal);
  } catch (error) {
    if (isAppError(error)) {
      // The token was lost after all, so the call was not made.
      return { kind: 'NOT_SPENT', errcode: errcodeOf(error), text: error.text };
    }
    throw error;
  }
};

const ALARM_TEXTS: Readonly<Record<NonNullable<Exchange['failure']>, LocalizedText>> = {
  CODE_EXPIRED: text('临时授权码过期，未能换取永久授权码', 'An auth code expired before it was exchanged'),
  CODE_CONSUMED: text(
    '临时授权码已被使用而应答丢失，需要人工重新获取 secret',
    'An auth code was spent and its answer lost: a person has to press 重新获取 secret',
  ),
  REFUSED: text('企业微信拒绝换取永久授权码', 'WeCom refused to exchange an auth code'),
};

const failureAlarm = ({ id, suiteId, failure, errcode }: Exchange): Alarm | null =>
  failure === null
    ? null
    : {
        name: `exchange.${failure.toLowerCase().replaceAll('_', '-')}`,
        text: ALARM_TEXTS[failure],
        fields: { 'exchange.id': id, 'suite.id': suiteId, 'wecom.errcode': errcode },
      };

/** The first write after WeCom's answer. */
const store = async (
  { exchanges, alarms, clock, pause }: Parts,
  begun: Exchange,
  outcome: ExchangeOutcome,
): Promise<Exchange | null> => {
  const conclude = (stored: Exchange) => concludeAttempt(stored, begun.attempts, outcome, clock.now());
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await exchanges.update(SCOPE, begun.id, alarmed(alarms, conclude, failureAlarm));
    } catch (error) {
      const mayPass = isAppError(error) && error.retryable;
      if (outcome.kind !== 'ANSWERED' || !mayPass || attempt >= STORE_TRIES) {
        throw error;
      }
      await pause(STORE_PAUSE_MS);
    }
  }
};

const goOn = async (parts: Parts, exchange: Exchange | null): Promise<Exchange | null> => {
  if (exchange?.status === 'RECEIVED' && exchange.nextAttemptAt !== null) {
    await parts.wakeUps.exchange({ id: exchange.id, dueAt: exchange.nextAttemptAt });
  }
  return exchange;
};

/** Null when another process was faster, or the attempt is not due. */
const begin = async ({ exchanges, clock }: Parts, exchange: Exchange): Promise<Exchange | null> => {
  const begun = beginAttempt(exchange, clock.now());
  if (!begun.ok) {
    return null;
  }
  try {
    // Over exactly the version that was looked at: of two processes one goes on.
    return await exchanges.save(begun.value.next, exchange.version, []);
  } catch (error) {
    if (isAppError(error) && error.code === 'CONFLICT') {
      return null;
    }
    throw error;
  }
};

/**
 * One attempt at a code: token at hand → the attempt written down → call → the answer written down, sealed.
 * @returns the exchange as it is afterwards; null when somebody else is at it
 */
export const exchangeCode = async (parts: Parts, received: Exchange): Promise<Exchange | null> => {
  const { exchanges, tokens, alarms, clock } = parts;
  const { id } = received;
  const end = (stored: Exchange) => giveUp(stored, clock.now());
  if (end(received) !== null) {
    return goOn(parts, await exchanges.update(SCOPE, id, alarmed(alarms, end, failureAlarm)));
  }
  try {
    await tokens.suiteToken(received.templateId);
  } catch (error) {
    if (!isAppError(error)) {
      throw error;
    }
    const fault = { errcode: errcodeOf(error), text: error.text };
    return goOn(parts, await exchanges.update(SCOPE, id, (stored) => postpone(stored, fault, clock.now())));
  }
  const begun = await begin(parts, received);
  return begun === null ? null : goOn(parts, await store(parts, begun, await call(parts, begun)));
};
