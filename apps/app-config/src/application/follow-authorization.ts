import { corpAppIdOf, platformScope } from '@daikaifa/kernel';
import type { AuthorizationView } from '../domain/observation';
import { createCorpApp } from '../domain/develop.decide';
import { cancelCorpApp } from '../domain/end.decide';
import { observeCorpApp } from '../domain/observe.decide';
import { createTombstone, recordCounts, tombstoneIdOf } from '../domain/tombstone';
import type { Dependencies } from './ports';

export interface AuthorizationSeen {
  readonly publisherId: string;
  readonly templateId: string;
  readonly authorizationId: string;
  readonly suiteId: string;
  readonly corpId: string;
  readonly epochs: ReadonlyArray<
    | { readonly epoch: number; readonly status: 'ACTIVE'; readonly view: AuthorizationView }
    | { readonly epoch: number; readonly status: 'CANCELLED'; readonly cancelledAt: Date }
  >;
}

type ForEpoch = Pick<Dependencies, 'corpApps' | 'tombstones' | 'clock'>;

const scope = platformScope('follow the authorization');

/** One app per epoch: made when the authorization is first seen, however late, and kept to what WeCom says of it. */
const followEpoch = async (
  { corpApps, tombstones, clock }: ForEpoch,
  { publisherId, templateId, authorizationId, suiteId, corpId }: AuthorizationSeen,
  { epoch, view }: { readonly epoch: number; readonly view: AuthorizationView },
): Promise<void> => {
  // An older state of an epoch that is erased by now must not bring it back.
  if ((await tombstones.byId(scope, tombstoneIdOf(authorizationId, epoch))) !== null) {
    return;
  }
  const id = corpAppIdOf(authorizationId, epoch);
  if ((await corpApps.byId(scope, id)) === null) {
    const { environment, enabled } = view;
    const granted = { publisherId, templateId, authorizationId, suiteId, corpId, epoch, environment, enabled };
    const created = createCorpApp(granted, clock.now());
    // Nobody sees an app of which less is known than was said with it.
    const observed = observeCorpApp(created.next, view, clock.now());
    await corpApps.createOnce(observed?.next ?? created.next, [...created.facts, ...(observed?.facts ?? [])]);
  }
  await corpApps.update(scope, id, (app) => observeCorpApp(app, view, clock.now()));
};

/** Tombstone first, then the removal, then the counts of what the removal itself says that it removed. */
const eraseEpoch = async (
  { corpApps, tombstones, clock }: ForEpoch,
  { publisherId, authorizationId, suiteId }: AuthorizationSeen,
  { epoch, cancelledAt }: { readonly epoch: number; readonly cancelledAt: Date },
): Promise<void> => {
  const tombstoneId = tombstoneIdOf(authorizationId, epoch);
  if ((await tombstones.byId(scope, tombstoneId)) === null) {
    const { next, facts } = createTombstone({ publisherId, authorizationId, suiteId, epoch }, clock.now());
    await tombstones.createOnce(next, facts);
  }
  const id = corpAppIdOf(authorizationId, epoch);
  const app = await corpApps.update(scope, id, (current) => cancelCorpApp(current, cancelledAt, clock.now()));
  const counts = app?.erasure?.counts ?? {};
  await tombstones.update(scope, tombstoneId, (current) => recordCounts(current, counts, clock.now()));
};

/** Decided from the whole state of an authorization; safe to repeat. */
export const followAuthorization =
  (deps: ForEpoch) =>
  async (seen: AuthorizationSeen): Promise<void> => {
    for (const epoch of seen.epochs) {
      await (epoch.status === 'ACTIVE' ? followEpoch(deps, seen, epoch) : eraseEpoch(deps, seen, epoch));
    }
  };
