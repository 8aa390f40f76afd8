import {
  authorize,
  invalidState,
  isAppError,
  notFound,
  platformScope,
  text,
  type Role,
  type Viewer,
} from '@daikaifa/kernel';
import { liveEpoch, type Authorization, type Epoch } from '../domain/authorization';
import { observe, suspectCancelled } from '../domain/authorization.decide';
import { planRereadBy, retryReread } from '../domain/reread.decide';
import { alarmed } from './alarmed';
import { askAboutEpoch, type EpochAnswer } from './ask-auth-info';
import type { Alarm, Dependencies } from './ports';
import { readAuthorization } from './read-authorization';

const SCOPE = platformScope('read an authorization again');
export const REREADERS: readonly Role[] = ['PUBLISHER_ADMIN', 'PUBLISHER_DEVELOPER'];

type Parts = Pick<
  Dependencies,
  | 'authorizations'
  | 'exchanges'
  | 'tokens'
  | 'wecom'
  | 'sealing'
  | 'wakeUps'
  | 'alarms'
  | 'clock'
  | 'exclusively'
  | 'routineAfter'
>;

interface BegunReread {
  readonly authorization: Authorization;
  readonly live: Epoch;
  readonly beganAt: Date;
}

const later = (parts: Parts, { authorization, beganAt }: BegunReread): Promise<Authorization | null> =>
  parts.authorizations.update(SCOPE, authorization.id, (stored) => retryReread(stored, beganAt, parts.clock.now()));

/** 40084 or 48004 although no cancel_auth came. */
const suspect = async (parts: Parts, begun: BegunReread): Promise<Authorization | null> => {
  const { authorizations, exchanges, tokens, alarms, clock } = parts;
  const { authorization, live } = begun;
  const { id, suiteId } = authorization;
  if (await exchanges.hasOpen(SCOPE, suiteId)) {
    // WeCom may have given out a newer secret that is on its way to us.
    return later(parts, begun);
  }
  // Before the write that may destroy the secret: afterwards nothing tells the names of its tokens any more.
  await tokens.forgetAppTokens(id, live);
  const decide = (stored: Authorization) => suspectCancelled(stored, live, clock.now());
  const alarmOf = (next: Authorization): Alarm | null =>
    liveEpoch(next) === null
      ? {
          name: 'authorization.cancelled-without-event',
          text: text('企业已取消授权，但未收到 cancel_auth', 'A corp has cancelled and no cancel_auth came'),
          fields: { 'authorization.id': id, 'authorization.epoch': live.epoch },
        }
      : null;
  const saved = await authorizations.update(SCOPE, id, alarmed(alarms, decide, alarmOf));
  if (saved !== null && liveEpoch(saved) === null) {
    await tokens.forgetAppTokens(id, live);
  }
  return saved;
};

/** What could not be read at all is read later; retryReread knows whether there is still something to read. */
const orNull = (error: unknown): null => {
  if (isAppError(error)) {
    return null;
  }
  throw error;
};

const takeIn = async (
  parts: Parts,
  { authorization: { id }, live, beganAt }: BegunReread,
  { info, acceptedCode }: Extract<EpochAnswer, { readonly kind: 'ACCEPTED' }>,
): Promise<Authorization | null> => {
  const { authorizations, tokens, routineAfter, clock } = parts;
  const isReplaced = acceptedCode !== live.sealedPermanentCode;
  const reading = await readAuthorization(parts, { authorizationId: id, info, isReplaced });
  const read = { epoch: live.epoch, acceptedCode, beganAt, routineAt: routineAfter(beganAt) };
  const saved = await authorizations.update(SCOPE, id, (stored) => observe(stored, read, reading, clock.now()));
  if (live.replacedPermanentCode !== null && !isReplaced) {
    await tokens.forgetAppTokens(id, { sealedPermanentCode: null, replacedPermanentCode: live.replacedPermanentCode });
  }
  return saved;
};

const readOnce = async (parts: Parts, begun: BegunReread): Promise<Authorization | null> => {
  const answer = await askAboutEpoch(parts, begun.authorization, begun.live);
  switch (answer.kind) {
    case 'GONE':
      return suspect(parts, begun);
    case 'UNKNOWN':
      return later(parts, begun);
    case 'ACCEPTED':
      return (await takeIn(parts, begun, answer).catch(orNull)) ?? later(parts, begun);
  }
};

/** Reads an authorization again when that is due. One at a time per authorization in the whole cluster. */
export const rereadAuthorization =
  (parts: Parts) =>
  async (authorizationId: string): Promise<void> => {
    const read = await parts.exclusively(`reread:${authorizationId}`, async () => {
      const authorization = await parts.authorizations.byId(SCOPE, authorizationId);
      const live = authorization && liveEpoch(authorization);
      const beganAt = parts.clock.now();
      const dueAt = authorization?.reread.dueAt ?? null;
      return authorization === null || live === null || dueAt === null || dueAt > beganAt
        ? null
        : readOnce(parts, { authorization, live, beganAt });
    });
    const next = read?.reread.dueAt ?? null;
    if (next !== null) {
      await parts.wakeUps.reread({ id: authorizationId, dueAt: next });
    }
  };

/**
 * A person asks for it; the answer arrives with a later query.
 * @throws AppError FORBIDDEN, NOT_FOUND (also for another tenant's), INVALID_STATE for a cancelled one
 */
export const requestReread =
  ({ authorizations, wakeUps, clock }: Pick<Dependencies, 'authorizations' | 'wakeUps' | 'clock'>) =>
  async (viewer: Viewer, { authorizationId }: { readonly authorizationId: string }): Promise<Authorization> => {
    const scope = authorize(viewer, REREADERS);
    const planned = await authorizations.update(scope, authorizationId, (stored) =>
      planRereadBy(stored, clock.now(), clock.now()),
    );
    if (planned === null) {
      throw notFound(text('授权', 'The authorization'), authorizationId);
    }
    const { dueAt } = planned.reread;
    if (dueAt === null) {
      throw invalidState(text('授权已取消', 'The authorization was cancelled'), { id: authorizationId });
    }
    await wakeUps.reread({ id: authorizationId, dueAt });
    return planned;
  };
