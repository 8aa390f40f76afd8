import type { Viewer } from '@daikaifa/kernel';
import type { ReviewItem } from '../domain/review-item';
import {
  confirmLaunch as decideConfirmation,
  launchItem as decideLaunch,
  returnLaunch as decideReturn,
  signalDueAt,
} from '../domain/launch.decide';
import { ADMINS, changeItem, type ItemChange } from './change-item';
import type { Dependencies } from './ports';

/** 提交上线. From now on WeCom's publish status of a corp's app is waited for, as long as the timeout says. */
export const launchReviewItem =
  (deps: Pick<Dependencies, 'items' | 'subjects' | 'queue' | 'launchTimeoutMs' | 'clock'>) =>
  async (viewer: Viewer, change: ItemChange): Promise<ReviewItem> => {
    const { launchTimeoutMs: timeoutMs } = deps;
    const item = await changeItem(deps, { viewer, roles: ADMINS, change }, async (current, scope) => {
      const subject = await deps.subjects.byId(scope, current.subject.id);
      return decideLaunch(current, { requestedBy: viewer.subject, timeoutMs }, subject, deps.clock.now());
    });
    if (signalDueAt(item) !== null) {
      await deps.queue.wakeLaunchTimeout(item.id, timeoutMs);
    }
    return item;
  };

/** A person has seen it online in WeCom's console. */
export const confirmLaunch =
  (deps: Pick<Dependencies, 'items' | 'clock'>) =>
  (viewer: Viewer, change: ItemChange): Promise<ReviewItem> =>
    changeItem(deps, { viewer, roles: ADMINS, change }, (item) =>
      decideConfirmation(item, { confirmer: viewer.subject }, deps.clock.now()),
    );

/** The launch did not happen. */
export const returnLaunch =
  (deps: Pick<Dependencies, 'items' | 'clock'>) =>
  (viewer: Viewer, change: ItemChange & { readonly note: string }): Promise<ReviewItem> =>
    changeItem(deps, { viewer, roles: ADMINS, change }, (item) =>
      decideReturn(item, { returnedBy: viewer.subject, note: change.note }, deps.clock.now()),
    );
