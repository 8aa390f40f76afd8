import type { Viewer } from '@daikaifa/kernel';
import type { PermissionSet } from '../domain/permission-set';
import {
  declineRequest,
  recordSecondConfirmation as decideSecondConfirmation,
  withdrawRequest,
} from '../domain/end-request.decide';
import { changeSet, type SetChange } from './change-set';
import type { Dependencies } from './ports';

type Needed = Pick<Dependencies, 'sets' | 'clock'>;

/** Takes the open request back. */
export const withdrawPermissionRequest =
  (deps: Needed) =>
  (viewer: Viewer, change: SetChange): Promise<PermissionSet> =>
    changeSet(deps, viewer, change, (set) => withdrawRequest(set, { person: viewer.subject }, deps.clock.now()));

/** A person writes down that the corp has chosen 暂不授权. */
export const recordPermissionDecline =
  (deps: Needed) =>
  (viewer: Viewer, change: SetChange & { readonly note: string | null }): Promise<PermissionSet> =>
    changeSet(deps, viewer, change, (set) =>
      declineRequest(set, { person: viewer.subject, note: change.note }, deps.clock.now()),
    );

/** A person writes down that the corp's admin has confirmed the second time. */
export const recordSecondConfirmation =
  (deps: Needed) =>
  (viewer: Viewer, change: SetChange): Promise<PermissionSet> =>
    changeSet(deps, viewer, change, (set) =>
      decideSecondConfirmation(set, { person: viewer.subject }, deps.clock.now()),
    );
