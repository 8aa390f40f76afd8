import { derivedId, platformScope } from '@daikaifa/kernel';
import { cancelSet, eraseSet } from '../domain/close-set.decide';
import { erasureCounts, type Tombstone } from '../domain/erasure';
import { observePermissions } from '../domain/observe.decide';
import type { AppIdentity, PermissionSet } from '../domain/permission-set';
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
  readonly permissions: { readonly codes: readonly string[]; readonly readAt: Date } | null;
}

const tombstoneIdOf = ({ authorizationId, epoch }: AppIdentity): string =>
  derivedId('erasure', 'permission', authorizationId, String(epoch));

/**
 * Cancels and erases. The tombstone is there before anything is removed, and the counts come from what the set
 * remembers of its own erasure: a crash anywhere in between repeats to the same record.
 */
const close = async ({ sets, tombstones, clock }: Needed, { setId, identity }: FollowedApp): Promise<void> => {
  const now = clock.now();
  const id = tombstoneIdOf(identity);
  const { publisherId, authorizationId, suiteId, epoch } = identity;
  const common = { id, publisherId, version: 0, createdAt: now, updatedAt: now };
  const tombstone: Tombstone = { ...common, authorizationId, suiteId, epoch, erasedAt: now, counts: null };
  await sets.update(SCOPE, setId, (set) => cancelSet(set, now));
  await tombstones.create(tombstone, []);
  const erased = await sets.update(SCOPE, setId, (set) => eraseSet(set, now));
  const counts = erasureCounts(erased);
  await tombstones.update(SCOPE, id, (stored) => {
    const isSame = JSON.stringify(stored.counts) === JSON.stringify(counts);
    return isSame ? null : { next: { ...stored, counts, updatedAt: now }, facts: [{ type: 'permission.corp-erased' }] };
  });
};

const isErased = async ({ tombstones }: Needed, identity: AppIdentity): Promise<boolean> =>
  (await tombstones.byId(SCOPE, tombstoneIdOf(identity))) !== null;

const ensureSet = async (deps: Needed, { setId, identity }: FollowedApp): Promise<PermissionSet> => {
  const known = await deps.sets.byId(SCOPE, setId);
  if (known !== null) {
    return known;
  }
  const { next, facts } = makeSet({ ...identity, id: setId }, deps.clock.now());
  return deps.sets.create(next, facts);
};

/**
 * Brings the set of an app to where its epoch stands. Safe to repeat, in any order: whichever service is heard of
 * first makes the set, and an erased epoch stays erased.
 */
export const followApp =
  (deps: Needed) =>
  async (app: FollowedApp): Promise<void> => {
    if (app.isCancelled) {
      return close(deps, app);
    }
    if (await isErased(deps, app.identity)) {
      return;
    }
    await ensureSet(deps, app);
    // Asked again after the set was made: a cancellation that came in between has found none to erase.
    if (await isErased(deps, app.identity)) {
      return close(deps, app);
    }
    const { permissions } = app;
    if (permissions !== null) {
      await deps.sets.update(SCOPE, app.setId, (set) => observePermissions(set, permissions, deps.clock.now()));
    }
  };
