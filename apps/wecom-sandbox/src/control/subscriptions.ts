import type { Sandbox } from '../sandbox';
import { corpLabel, isInVisibleRange } from '../rules/usable';
import type { Installation, Member, Push } from '../store/types';
import { find } from './find';
import { recordAct } from './member-acts';

/** Who can use the app as it stands: nobody before its launch. */
export const usersOf = (app: Installation, members: readonly Member[]): readonly string[] =>
  corpLabel(app) === 'ENABLED'
    ? members.filter((member) => isInVisibleRange(app, member)).map(({ userId }) => userId)
    : [];

/**
 * subscribe for each member who can use the app now and could not before, unsubscribe for the others.
 * Belongs into the transaction that changes the app; the pushes are started after it.
 */
export const recordSubscriptions = (sandbox: Sandbox, app: Installation, before: readonly string[]): Push[] => {
  if (app.callback === undefined) {
    return [];
  }
  const after = usersOf(app, find.corp(sandbox, app.corpId).members);
  return [
    ...after
      .filter((userId) => !before.includes(userId))
      .map((userId) => recordAct(sandbox, app, { userId, infoType: 'subscribe', said: '进入可见范围', what: '' })),
    ...before
      .filter((userId) => !after.includes(userId))
      .map((userId) => recordAct(sandbox, app, { userId, infoType: 'unsubscribe', said: '离开可见范围', what: '' })),
  ];
};
