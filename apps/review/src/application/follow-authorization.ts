import { platformScope, workThrough } from '@daikaifa/kernel';
import { isCancelled, type AuthorizationSignal } from '../domain/authorization-signal';
import { confirmBySignal, timeOutLaunch as decideTimeOut } from '../domain/launch.decide';
import { erasureOf } from './erase-epoch';
import type { Dependencies } from './ports';

const SCOPE = platformScope('follow the authorization');
const SWEEP_LIMIT = 500;

/** What a corp's authorization says: its app is online, or it is over. */
export const followAuthorization = (
  deps: Pick<Dependencies, 'items' | 'subjects' | 'authorizations' | 'tombstones' | 'clock'>,
) => {
  const { items, authorizations, clock } = deps;
  const { erase } = erasureOf(deps);
  return async (authorization: AuthorizationSignal): Promise<void> => {
    const { id: authorizationId, publisherId, suiteId, epochs } = authorization;
    await authorizations.record(authorization);
    for (const itemId of await items.findLaunchingOfAuthorization(SCOPE, authorizationId)) {
      await items.update(SCOPE, itemId, (item) => confirmBySignal(item, authorization, clock.now()));
    }
    for (const { epoch } of epochs.filter((one) => isCancelled(authorization, one.epoch))) {
      await erase({ publisherId, authorizationId, suiteId, epoch });
    }
  };
};

/** Hands a launch to a person when its signal did not come in time; one that was missed is made up for first. */
export const timeOutLaunch =
  ({ items, authorizations, clock }: Pick<Dependencies, 'items' | 'authorizations' | 'clock'>) =>
  async (itemId: string): Promise<void> => {
    const item = await items.byId(SCOPE, itemId);
    const place = item?.subject.corpApp;
    const authorization = place ? await authorizations.byId(SCOPE, place.authorizationId) : null;
    await items.update(SCOPE, itemId, (current) => {
      const confirmed = authorization && confirmBySignal(current, authorization, clock.now());
      return confirmed ?? decideTimeOut(current, clock.now());
    });
  };

/**
 * All launches whose signal is due. One item that fails holds up no other.
 * @returns how many items were looked at
 * @throws AggregateError of everything that failed; those items stay due
 */
export const timeOutLaunches =
  (deps: Pick<Dependencies, 'items' | 'authorizations' | 'clock'>) => async (): Promise<number> => {
    const due = await deps.items.findLaunchDue(SCOPE, deps.clock.now(), SWEEP_LIMIT);
    return workThrough(due, 'launches could not be handed to a person', timeOutLaunch(deps));
  };
