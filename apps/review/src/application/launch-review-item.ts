import type { Viewer } from '@daikaifa/kernel';
import type { ReviewItem } from '../domain/review-item';
import {
  confirmLaunch as decideConfirmation,
  launchItem as decideLaunch,
  returnLaunch as decideReturn,
} from '../domain/review-item.decide';
import { ADMINS, changeItem, type ItemChange } from './change-item';
import type { Dependencies } from './ports';

/** 提交上线. */
export const launchReviewItem =
  (deps: Pick<Dependencies, 'items' | 'subjects' | 'clock'>) =>
  (viewer: Viewer, change: ItemChange): Promise<ReviewItem> =>
    changeItem(deps, { viewer, roles: ADMINS, change }, async (item, scope) => {
      const subject = await deps.subjects.byId(scope, item.subject.id);
      return decideLaunch(item, { requestedBy: viewer.subject }, subject, deps.clock.now());
    });

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
