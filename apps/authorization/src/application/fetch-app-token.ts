import { authorize, invalidState, notFound, text, type Viewer } from '@daikaifa/kernel';
import { liveEpoch } from '../domain/authorization';
import type { AccessToken, Dependencies } from './ports';

const APP_TOKEN_ROLES = ['BACKEND'] as const;

/**
 * The access_token of a corp's app, for the provider's own backend.
 * @throws AppError FORBIDDEN, NOT_FOUND (also for another tenant's), INVALID_STATE for a cancelled one, and what
 * `TokenSource` throws
 */
export const fetchAppToken =
  ({ authorizations, tokens }: Pick<Dependencies, 'authorizations' | 'tokens'>) =>
  async (viewer: Viewer, authorizationId: string): Promise<AccessToken> => {
    const authorization = await authorizations.byId(authorize(viewer, APP_TOKEN_ROLES), authorizationId);
    if (authorization === null) {
      throw notFound(text('授权', 'The authorization'), authorizationId);
    }
    if (liveEpoch(authorization) === null) {
      throw invalidState(text('授权已取消', 'The authorization was cancelled'), {
        id: authorizationId,
        reason: 'CANCELLED',
      });
    }
    return tokens.appToken(authorizationId);
  };
