import { transition, type TransitionTable } from '@daikaifa/kernel';

export const REQUEST_STATES = [
  'PENDING',
  'PENDING_SECOND',
  'GRANTED',
  'DECLINED',
  'SUPERSEDED',
  'WITHDRAWN',
  'VOID',
] as const;
export type RequestState = (typeof REQUEST_STATES)[number];

/** confirmFirst: confirmed, but a part of it waits for the second confirmation. */
export const REQUEST_STEPS = [
  'confirm',
  'confirmFirst',
  'confirmSecond',
  'decline',
  'withdraw',
  'supersede',
  'cancelAuthorization',
] as const;
export type RequestStep = (typeof REQUEST_STEPS)[number];

const STEPS = {
  PENDING: {
    confirm: 'GRANTED',
    confirmFirst: 'PENDING_SECOND',
    decline: 'DECLINED',
    withdraw: 'WITHDRAWN',
    supersede: 'SUPERSEDED',
    cancelAuthorization: 'VOID',
  },
  PENDING_SECOND: {
    confirmSecond: 'GRANTED',
    decline: 'DECLINED',
    withdraw: 'WITHDRAWN',
    supersede: 'SUPERSEDED',
    cancelAuthorization: 'VOID',
  },
  GRANTED: {},
  DECLINED: {},
  SUPERSEDED: {},
  WITHDRAWN: {},
  VOID: {},
} as const satisfies TransitionTable<RequestState, RequestStep>;

export const nextRequestState = (state: RequestState, step: RequestStep): RequestState | undefined =>
  transition<RequestState, RequestStep>(STEPS, state, step);

export const isOpenRequest = (state: RequestState): state is 'PENDING' | 'PENDING_SECOND' =>
  state === 'PENDING' || state === 'PENDING_SECOND';

export const REQUEST_TEXT: Record<RequestState, { readonly zh: string; readonly en: string }> = {
  PENDING: { zh: '待企业客户确认', en: 'waits for the corp' },
  PENDING_SECOND: { zh: '待企业客户二次确认', en: 'waits for the second confirmation' },
  GRANTED: { zh: '已同意', en: 'confirmed' },
  DECLINED: { zh: '暂不授权', en: 'declined' },
  SUPERSEDED: { zh: '已被新的申请取代', en: 'superseded by a newer one' },
  WITHDRAWN: { zh: '已撤回', en: 'withdrawn' },
  VOID: { zh: '已失效（取消授权）', en: 'void: authorization cancelled' },
};
