import { text, transition, type LocalizedText, type TransitionTable } from '@daikaifa/kernel';

export const REQUEST_STATES = [
  'PENDING',
  'PENDING_SECOND',
  'GRANTED',
  'DECLINED',
  'SUPERSEDED',
  'WITHDRAWN',
  'VOID',
] as const;
export type PermissionRequestState = (typeof REQUEST_STATES)[number];

export const REQUEST_ACTIONS = [
  'confirmFirst',
  'confirmSecond',
  'grant',
  'decline',
  'supersede',
  'withdraw',
  'void',
  'grantLate',
] as const;
export type PermissionRequestAction = (typeof REQUEST_ACTIONS)[number];

/** What an ended request was, it stays: a late grant is recorded beside it. */
export const REQUEST_TABLE = {
  PENDING: {
    confirmFirst: 'PENDING_SECOND',
    grant: 'GRANTED',
    decline: 'DECLINED',
    supersede: 'SUPERSEDED',
    withdraw: 'WITHDRAWN',
    void: 'VOID',
  },
  PENDING_SECOND: {
    confirmSecond: 'GRANTED',
    grant: 'GRANTED',
    decline: 'DECLINED',
    supersede: 'SUPERSEDED',
    withdraw: 'WITHDRAWN',
    void: 'VOID',
  },
  DECLINED: { grantLate: 'DECLINED' },
  SUPERSEDED: { grantLate: 'SUPERSEDED' },
  GRANTED: {},
  WITHDRAWN: {},
  VOID: {},
} as const satisfies TransitionTable<PermissionRequestState, PermissionRequestAction>;

/** The state after the action; undefined where the action is refused. */
export const nextState = (
  state: PermissionRequestState,
  action: PermissionRequestAction,
): PermissionRequestState | undefined =>
  transition<PermissionRequestState, PermissionRequestAction>(REQUEST_TABLE, state, action);

/** A set has at most one request in one of these. */
export const isOpen = (state: PermissionRequestState): boolean => state === 'PENDING' || state === 'PENDING_SECOND';

export const STATE_TEXTS: Readonly<Record<PermissionRequestState, LocalizedText>> = {
  PENDING: text('待企业客户确认', 'waiting for the corp'),
  PENDING_SECOND: text('待企业客户二次确认', "waiting for the corp's second confirmation"),
  GRANTED: text('企业已同意', 'granted'),
  DECLINED: text('暂不授权', 'declined'),
  SUPERSEDED: text('已被新的申请取代', 'superseded'),
  WITHDRAWN: text('已撤回', 'withdrawn'),
  VOID: text('已失效', 'void'),
};
