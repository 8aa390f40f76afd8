import { corpAppIdOf, defineErasure, platformScope, type AuthorizationEpoch, type Erasure } from '@daikaifa/kernel';
import type { AuthorizationView } from '../domain/observation';
import { createCorpApp } from '../domain/develop.decide';
import { cancelCorpApp, NOTHING_ERASED } from '../domain/end.decide';
import { observeCorpApp } from '../domain/observe.decide';
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

type Needed = Pick<Dependencies, 'corpApps' | 'tombstones' | 'clock'>;

interface SeenEpoch extends AuthorizationEpoch {
  /** Null: it was not seen in this state, only its tombstone is there. */
  readonly cancelledAt: Date | null;
}

const scope = platformScope('follow the authorization');

const erasureOf = ({ corpApps, tombstones, clock }: Needed): Erasure<SeenEpoch> =>
  defineErasure({
    tombstones,
    clock,
    counting: 'IN_ALL',
    remove: async ({ authorizationId, epoch, cancelledAt }, tombstone) => {
      const id = corpAppIdOf(authorizationId, epoch);
      const endedAt = cancelledAt ?? tombstone.createdAt;
      const app = await corpApps.update(scope, id, (current) => cancelCorpApp(current, endedAt, clock.now()));
      return app?.erasure?.counts ?? NOTHING_ERASED;
    },
  });

/** One app per epoch: made when the authorization is first seen, however late, and kept to what WeCom says of it. */
const followEpoch = async (
  { corpApps, clock }: Needed,
  { publisherId, templateId, authorizationId, suiteId, corpId }: AuthorizationSeen,
  { epoch, view }: { readonly epoch: number; readonly view: AuthorizationView },
): Promise<void> => {
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

/** Decided from the whole state of an authorization; safe to repeat. */
export const followAuthorization = (deps: Needed) => {
  const { erase, unlessErased } = erasureOf(deps);
  return async (seen: AuthorizationSeen): Promise<void> => {
    const { publisherId, authorizationId, suiteId } = seen;
    for (const one of seen.epochs) {
      const epoch = { publisherId, authorizationId, suiteId, epoch: one.epoch };
      await (one.status === 'ACTIVE'
        ? unlessErased({ ...epoch, cancelledAt: null }, () => followEpoch(deps, seen, one))
        : erase({ ...epoch, cancelledAt: one.cancelledAt }));
    }
  };
};
