import { AppError, isAppError, platformScope, text, type Decision, type LocalizedText } from '@daikaifa/kernel';
import { readPermanentCodeAnswer, type PermanentCode } from '@daikaifa/wecom-protocol';
import { lastEpoch, liveEpoch, type Authorization, type Epoch } from '../domain/authorization';
import { grantAgain, grantFirst, hasTakenIn, type Grant, type OldCredentials } from '../domain/authorization.decide';
import { lookAgain } from '../domain/cancellation.decide';
import type { Exchange } from '../domain/exchange';
import { keepUnreadable, markApplied, postpone } from '../domain/exchange.decide';
import { alarmed } from './alarmed';
import { askAboutEpoch, askAuthInfo, type AuthInfoAnswer, type EpochAnswer } from './ask-auth-info';
import { authorizationIdOf } from './content-id';
import { countInstall } from './count-install';
import type { FindEnvironment } from './find-environment';
import type { Alarm, Dependencies } from './ports';
import { tieScan } from './tie-scan';

const SCOPE = platformScope('take in the answer of an exchange');
const TRIES = 3;

type Parts = Pick<
  Dependencies,
  | 'exchanges'
  | 'authorizations'
  | 'cancellations'
  | 'links'
  | 'installs'
  | 'batchScans'
  | 'tokens'
  | 'wecom'
  | 'sealing'
  | 'wakeUps'
  | 'alarms'
  | 'clock'
> & { readonly findEnvironment: FindEnvironment };

const NOT_ASKED = 'WECOM_NOT_ASKED';

const notAsked = (why: LocalizedText): AppError =>
  new AppError(
    'UNAVAILABLE',
    text(`暂时无法向企业微信确认：${why.zh}`, `WeCom could not be asked: ${why.en}`),
    { details: { reason: NOT_ASKED } },
  );

const isNotAsked = (error: unknown): error is AppError => isAppError(error) && error.details['reason'] === NOT_ASKED;

const isConflict = (error: unknown): boolean => isAppError(error) && error.code === 'CONFLICT';

/** Whether WeCom takes the code. @throws AppError UNAVAILABLE when it could not be asked */
const isAccepted = (answer: AuthInfoAnswer | EpochAnswer): boolean => {
  if (answer.kind === 'UNKNOWN') {
    throw notAsked(answer.text);
  }
  return answer.kind === 'ACCEPTED';
};

/** The old code decides whether a further scan belongs to the live epoch. A reset always does. */
const oldCredentials = async (
  parts: Parts,
  exchange: Exchange,
  current: Authorization,
  live: Epoch,
): Promise<OldCredentials> => {
  if (exchange.source === 'reset_permanent_code' || exchange.causedAt < live.credentialsCausedAt) {
    return 'WORK';
  }
  return isAccepted(await askAboutEpoch(parts, current, live)) ? 'WORK' : 'CANCELLED';
};

/** The corp may have cancelled since: then this answer is the late one of an epoch that is closed. */
const isOutlived = async (
  parts: Parts,
  exchange: Exchange,
  current: Authorization,
  permanentCode: string,
): Promise<boolean> => {
  const { cancelledAt } = lastEpoch(current);
  if (cancelledAt === null || exchange.causedAt > cancelledAt) {
    return false;
  }
  const { templateId, corpId } = current;
  return !isAccepted(await askAuthInfo(parts, { templateId, corpId, permanentCode }));
};

const decideAgain = async (
  parts: Parts,
  { exchange, current, answer, grant }: Taking & { readonly current: Authorization },
): Promise<Decision<Authorization> | null> => {
  if (hasTakenIn(current, exchange.id)) {
    return null;
  }
  const live = liveEpoch(current);
  if (live !== null) {
    return grantAgain(current, grant, await oldCredentials(parts, exchange, current, live), parts.clock.now());
  }
  return (await isOutlived(parts, exchange, current, answer.permanentCode))
    ? null
    : grantAgain(current, grant, 'CANCELLED', parts.clock.now());
};

interface Taking {
  readonly exchange: Exchange;
  readonly authorizationId: string;
  readonly answer: PermanentCode;
  readonly grant: Grant;
}

const takeInOnce = async (parts: Parts, taking: Taking): Promise<Authorization> => {
  const { authorizations, tokens, clock } = parts;
  const { authorizationId: id, exchange, answer, grant } = taking;
  const current = await authorizations.byId(SCOPE, id);
  if (current === null) {
    const { publisherId, templateId, suiteId } = exchange;
    const { next, facts } = grantFirst(
      { id, publisherId, templateId, suiteId, corpId: answer.corpId },
      grant,
      clock.now(),
    );
    return authorizations.create(next, facts);
  }
  const decision = await decideAgain(parts, { ...taking, current });
  if (decision === null) {
    return current;
  }
  const before = liveEpoch(current);
  if (before === null || before.epoch === lastEpoch(decision.next).epoch) {
    return authorizations.save(decision.next, current.version, decision.facts);
  }
  // Before the write that destroys the secret, because afterwards nothing tells the names of its tokens; and again: one
  // may have been fetched until then.
  await tokens.forgetAppTokens(id, before);
  const saved = await authorizations.save(decision.next, current.version, decision.facts);
  await tokens.forgetAppTokens(id, before);
  return saved;
};

const later = async ({ exchanges, wakeUps, clock }: Parts, { id }: Exchange, why: LocalizedText): Promise<void> => {
  const postponed = await exchanges.update(SCOPE, id, (stored) =>
    postpone(stored, { errcode: null, text: why }, clock.now()),
  );
  const dueAt = postponed?.nextAttemptAt ?? null;
  if (dueAt !== null) {
    await wakeUps.exchange({ id, dueAt });
  }
};

/** What was looked at may have changed by the time of the write: then it is looked at again. */
const takeIn = async (parts: Parts, taking: Taking): Promise<Authorization> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await takeInOnce(parts, taking);
    } catch (error) {
      if (!isConflict(error) || attempt >= TRIES) {
        throw error;
      }
    }
  }
};

const wakeCancellations = async (
  { cancellations, wakeUps, clock }: Parts,
  { suiteId, corpId }: Authorization,
): Promise<void> => {
  for (const id of await cancellations.findWaiting(SCOPE, { suiteId, corpId })) {
    const woken = await cancellations.update(SCOPE, id, (stored) => lookAgain(stored, clock.now()));
    const dueAt = woken?.nextAttemptAt ?? null;
    if (dueAt !== null) {
      await wakeUps.cancellation({ id, dueAt });
    }
  }
};

const unreadableAlarm = ({ id, suiteId }: Exchange): Alarm => ({
  name: 'exchange.unreadable',
  text: text('企业微信的应答无法解析，已加密保存', 'An answer of WeCom cannot be read; it is kept, sealed'),
  fields: { 'exchange.id': id, 'suite.id': suiteId },
});

const keepSealed = async ({ exchanges, alarms, clock }: Parts, { id }: Exchange): Promise<void> => {
  const keep = (stored: Exchange) => keepUnreadable(stored, clock.now());
  await exchanges.update(SCOPE, id, alarmed(alarms, keep, unreadableAlarm));
};

const finish = async (parts: Parts, taking: Taking, authorization: Authorization): Promise<void> => {
  const { exchanges, wakeUps, clock } = parts;
  const { exchange, authorizationId, grant } = taking;
  await wakeCancellations(parts, authorization);
  if (exchange.source === 'create_auth') {
    const { publisherId, id: exchangeId } = exchange;
    const link = await countInstall(parts)({ publisherId, exchangeId, stateParameter: grant.linkState });
    if (link !== null) {
      await tieScan(parts)(link, exchange, authorization);
    }
  }
  await exchanges.update(SCOPE, exchange.id, (stored) => {
    const applied = markApplied(stored, authorizationId, clock.now());
    return applied.ok ? applied.value : null;
  });
  const { dueAt } = authorization.reread;
  if (dueAt !== null) {
    await wakeUps.reread({ id: authorizationId, dueAt });
  }
};

/**
 * Makes a stored answer (part of) an authorization. Every step may be repeated after a crash: the epoch remembers the
 * exchange, an installation counts once, and the sealed answer goes last. When WeCom has to be asked and cannot be, the
 * answer stays stored and comes due again.
 */
export const applyExchange =
  (parts: Parts) =>
  async (exchange: Exchange): Promise<void> => {
    const { sealing } = parts;
    const answer = readPermanentCodeAnswer(sealing.openAnswer(exchange.id, exchange.sealedAnswer ?? ''));
    if (answer === null) {
      return keepSealed(parts, exchange);
    }
    const { id: exchangeId, publisherId, suiteId, causedAt } = exchange;
    const authorizationId = authorizationIdOf(suiteId, answer.corpId);
    const grant: Grant = {
      exchangeId,
      sealedPermanentCode: sealing.sealPermanentCode(authorizationId, answer.permanentCode),
      causedAt,
      linkState: exchange.linkState ?? answer.state,
      ...(await parts.findEnvironment({ publisherId, corpId: answer.corpId })),
      corpName: answer.corpName,
    };
    const taking: Taking = { exchange, authorizationId, answer, grant };
    try {
      await finish(parts, taking, await takeIn(parts, taking));
    } catch (error) {
      if (!isNotAsked(error)) {
        throw error;
      }
      await later(parts, exchange, error.text);
    }
  };
