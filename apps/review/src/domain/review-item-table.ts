import { text, transition, type LocalizedText, type TransitionTable } from '@daikaifa/kernel';
import type { ReviewItemState } from './review-item';

export const REVIEW_ITEM_ACTIONS = [
  'passPrechecks',
  'failPrechecks',
  'approve',
  'reject',
  'correctToApproved',
  'correctToRejected',
  'launch',
  'timeOutLaunch',
  'confirmLaunch',
  'confirmLaunchBySignal',
  'returnLaunch',
  'withdraw',
  'void',
] as const;
export type ReviewItemAction = (typeof REVIEW_ITEM_ACTIONS)[number];

/** A verdict that was wrongly recorded can be turned around until the launch is asked for. */
export const REVIEW_ITEM_TABLE = {
  PRECHECKING: { passPrechecks: 'PENDING', failPrechecks: 'PRECHECK_FAILED', withdraw: 'WITHDRAWN', void: 'VOID' },
  PENDING: { approve: 'APPROVED', reject: 'REJECTED', withdraw: 'WITHDRAWN', void: 'VOID' },
  APPROVED: { launch: 'LAUNCHING', correctToRejected: 'REJECTED', withdraw: 'WITHDRAWN', void: 'VOID' },
  LAUNCHING: {
    timeOutLaunch: 'LAUNCHING',
    confirmLaunch: 'LAUNCHED',
    confirmLaunchBySignal: 'LAUNCHED',
    returnLaunch: 'APPROVED',
    void: 'VOID',
  },
  REJECTED: { correctToApproved: 'APPROVED' },
  PRECHECK_FAILED: {},
  LAUNCHED: {},
  WITHDRAWN: {},
  VOID: {},
} as const satisfies TransitionTable<ReviewItemState, ReviewItemAction>;

/** The state after the action; undefined where the action is refused. */
export const nextState = (state: ReviewItemState, action: ReviewItemAction): ReviewItemState | undefined =>
  transition<ReviewItemState, ReviewItemAction>(REVIEW_ITEM_TABLE, state, action);

/** A subject has at most one item in one of these. */
const OPEN_STATES: ReadonlySet<ReviewItemState> = new Set(['PRECHECKING', 'PENDING', 'APPROVED', 'LAUNCHING']);
export const isOpen = (state: ReviewItemState): boolean => OPEN_STATES.has(state);

/** The clock of the due date runs from the submission until there is a verdict. */
export const waitsForVerdict = (state: ReviewItemState): boolean => state === 'PRECHECKING' || state === 'PENDING';

export const STATE_TEXTS: Readonly<Record<ReviewItemState, LocalizedText>> = {
  PRECHECKING: text('预检中', 'being prechecked'),
  PRECHECK_FAILED: text('预检未通过', 'refused by a precheck'),
  PENDING: text('审核中', 'waiting for a verdict'),
  APPROVED: text('待上线', 'approved'),
  LAUNCHING: text('上线中', 'being launched'),
  LAUNCHED: text('已上线', 'launched'),
  REJECTED: text('已驳回', 'rejected'),
  WITHDRAWN: text('已撤回', 'withdrawn'),
  VOID: text('已失效', 'void'),
};
