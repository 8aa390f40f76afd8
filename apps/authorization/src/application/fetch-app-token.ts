import { authorize, invalidState, isAppError, notFound, text, type Viewer } from '@daikaifa/kernel';
import { lastEpoch, liveEpoch, type Authorization } from '../domain/authorization';
import type { AccessToken, Dependencies } from './ports';

const APP_TOKEN_ROLES = ['BACKEND'] as const;

type Deps = Pick<Dependencies, 'authorizations' | 'tokens' | 'tokenDoorJournal' | 'tokenDoorKeepsMs' | 'clock' | 'newId'>;

const writeDown = (
  { tokenDoorJournal, tokenDoorKeepsMs, clock, newId }: Deps,
  authorization: Authorization,
  { subject, outcome }: { readonly subject: string; readonly outcome: string },
): Promise<void> => {
  const now = clock.now();
  return tokenDoorJournal.write({
    ...{ id: newId(), publisherId: authorization.publisherId, version: 0, createdAt: now, updatedAt: now },
    ...{ authorizationId: authorization.id, epoch: lastEpoch(authorization).epoch, subject, outcome },
    forgetAt: new Date(now.getTime() + tokenDoorKeepsMs),
  });
};

const give = async ({ tokens }: Deps, authorization: Authorization): Promise<AccessToken> => {
  if (liveEpoch(authorization) === null) {
    throw invalidState(text('授权已取消', 'The authorization was cancelled'), {
      id: authorization.id,
      reason: 'CANCELLED',
    });
  }
  return tokens.appToken(authorization.id);
};

/**
 * The access_token of a corp's app, for the provider's own backend. Each answer is in the journal before it leaves:
 * what cannot be written down is not given.
 * @throws AppError FORBIDDEN, NOT_FOUND (also for another tenant's), INVALID_STATE for a cancelled one, and what
 * `TokenSource` throws
 */
export const fetchAppToken =
  (deps: Deps) =>
  async (viewer: Viewer, authorizationId: string): Promise<AccessToken> => {
    const { subject } = viewer;
    const authorization = await deps.authorizations.byId(authorize(viewer, APP_TOKEN_ROLES), authorizationId);
    if (authorization === null) {
      throw notFound(text('授权', 'The authorization'), authorizationId);
    }
    try {
      const token = await give(deps, authorization);
      await writeDown(deps, authorization, { subject, outcome: 'GIVEN' });
      return token;
    } catch (error) {
      const outcome = isAppError(error) ? error.code : 'INTERNAL_SERVER_ERROR';
      await writeDown(deps, authorization, { subject, outcome });
      throw error;
    }
  };
