import { changeAggregate, corpAppIdOf, text, type Role, type Viewer } from '@daikaifa/kernel';
import { lastEpoch, type Authorization } from '../domain/authorization';
import { markTest as decide } from '../domain/mark-test.decide';
import type { Dependencies } from './ports';

/** Whoever may keep the list of test corps, and who develops for them. */
const MARKERS: readonly Role[] = ['PUBLISHER_ADMIN', 'PUBLISHER_DEVELOPER', 'OPERATOR'];

const AUTHORIZATION = text('授权', 'The authorization');

/**
 * Marks the live epoch as TEST where the list of test corps could not decide. Whether the app was begun is known from
 * app-config's events: one that is begun at the same moment is a test all the same, and app-config follows.
 * @throws AppError FORBIDDEN, NOT_FOUND (also for another tenant's), CONFLICT, INVALID_STATE (`details.reason`)
 */
export const markTest =
  ({ authorizations, knownCorpApps, clock }: Pick<Dependencies, 'authorizations' | 'knownCorpApps' | 'clock'>) =>
  async (
    viewer: Viewer,
    { authorizationId: id, expectedVersion }: { readonly authorizationId: string; readonly expectedVersion: number },
  ): Promise<Authorization> =>
    changeAggregate(
      authorizations,
      { viewer, roles: MARKERS, what: AUTHORIZATION, id, expectedVersion },
      async (authorization) => {
        const app = await knownCorpApps.find(corpAppIdOf(id, lastEpoch(authorization).epoch));
        return decide(authorization, { person: viewer.subject, hasBegun: app?.hasBegun ?? false }, clock.now());
      },
    );
