import { corpAppIdOf, defineErasure, platformScope, type Erasure } from '@daikaifa/kernel';
import { endSet, erasureCounts } from '../domain/close-set.decide';
import { observePermissions, type ObservedPermissions } from '../domain/observe.decide';
import type { AppIdentity } from '../domain/permission-set';
import { makeSet } from '../domain/permission-set.decide';
import type { Dependencies } from './ports';

const SCOPE = platformScope('follow the authorization');

type Needed = Pick<Dependencies, 'sets' | 'tombstones' | 'clock'>;

/** One epoch of an authorization, or its app, as another service says that it stands. */
export interface FollowedApp {
  readonly setId: string;
  readonly identity: AppIdentity;
  readonly isCancelled: boolean;
  /** Null: not read, which is not an empty set. */
  readonly permissions: ObservedPermissions | null;
}

/** The counts come from what the set remembers of its own erasure: the same however often it is counted. */
const erasureOf = ({ sets, tombstones, clock }: Needed): Erasure<AppIdentity> =>
  defineErasure({
    tombstones,
    clock,
    counting: 'IN_ALL',
    remove: async ({ authorizationId, epoch }) => {
      const setId = corpAppIdOf(authorizationId, epoch);
      return erasureCounts(await sets.update(SCOPE, setId, (set) => endSet(set, clock.now())));
    },
  });

const observe = async ({ sets, clock }: Needed, { setId, identity, permissions }: FollowedApp): Promise<void> => {
  if ((await sets.byId(SCOPE, setId)) === null) {
    const { next, facts } = makeSet({ ...identity, id: setId }, clock.now());
    await sets.create(next, facts);
  }
  if (permissions !== null) {
    await sets.update(SCOPE, setId, (set) => observePermissions(set, permissions, clock.now()));
  }
};

/**
 * Brings the set of an app to where its epoch stands. Safe to repeat, in any order: whichever service is heard of
 * first makes the set, and an erased epoch stays erased.
 */
export const followApp = (deps: Needed) => {
  const { erase, unlessErased } = erasureOf(deps);
  return (app: FollowedApp): Promise<void> =>
    app.isCancelled ? erase(app.identity) : unlessErased(app.identity, () => observe(deps, app));
};
