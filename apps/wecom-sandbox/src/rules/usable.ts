import { text, type LocalizedText } from '@daikaifa/kernel';
import type { Installation, Member } from '../store/types';

/** What the corp's admin sees beside the app. */
export type CorpLabel = 'IN_DEVELOPMENT' | 'ENABLED' | 'DISABLED' | 'CANCELLED';

export const CORP_LABEL_TEXT: Record<CorpLabel, LocalizedText> = {
  IN_DEVELOPMENT: text('开发中', 'in development, not usable'),
  ENABLED: text('已启用', 'enabled'),
  DISABLED: text('已停用', 'disabled'),
  CANCELLED: text('已取消授权', 'authorization cancelled'),
};

const isLaunched = (app: Installation): boolean => app.publishStatus === 2 || app.publishStatus === 3;

export const corpLabel = (app: Installation): CorpLabel => {
  if (app.cancelledAt !== undefined) {
    return 'CANCELLED';
  }
  if (app.closed) {
    return 'DISABLED';
  }
  return isLaunched(app) ? 'ENABLED' : 'IN_DEVELOPMENT';
};

const ROOT_DEPARTMENT = 1;

/** Named, or in a department that is named; the root department holds everybody. */
export const isInVisibleRange = (
  app: Pick<Installation, 'allowUsers' | 'allowParties'>,
  member: Pick<Member, 'userId' | 'departmentIds'>,
): boolean =>
  app.allowUsers.includes(member.userId) ||
  app.allowParties.includes(ROOT_DEPARTMENT) ||
  app.allowParties.some((party) => member.departmentIds.includes(party));

export interface UseRefusal {
  readonly reason: 'AUTHORIZATION_CANCELLED' | 'APP_DISABLED' | 'APP_NOT_LAUNCHED' | 'NOT_IN_VISIBLE_RANGE';
  readonly text: LocalizedText;
}

const BY_LABEL: Record<Exclude<CorpLabel, 'ENABLED'>, UseRefusal> = {
  CANCELLED: {
    reason: 'AUTHORIZATION_CANCELLED',
    text: text('企业已取消授权，应用不可使用', 'the authorization is cancelled'),
  },
  DISABLED: { reason: 'APP_DISABLED', text: text('应用已停用，不可使用', 'the app is disabled') },
  IN_DEVELOPMENT: {
    reason: 'APP_NOT_LAUNCHED',
    text: text('应用开发中，上线后才可使用', 'the app is in development; it can be used after its launch'),
  },
};

/** Why this member cannot use the app; undefined when it can. */
export const refusalOfUse = (app: Installation, member: Member): UseRefusal | undefined => {
  const label = corpLabel(app);
  if (label !== 'ENABLED') {
    return BY_LABEL[label];
  }
  return isInVisibleRange(app, member)
    ? undefined
    : {
        reason: 'NOT_IN_VISIBLE_RANGE',
        text: text('成员不在应用可见范围内', "the member is not in the app's visible range"),
      };
};
