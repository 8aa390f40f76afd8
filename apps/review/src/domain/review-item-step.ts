import {
  err,
  inputRejection,
  ok,
  text,
  type Decision,
  type LocalizedText,
  type Rejection,
  type Result,
  type Violation,
} from '@daikaifa/kernel';
import type { ReviewItem, ReviewItemFact } from './review-item';
import { nextState, STATE_TEXTS, type ReviewItemAction } from './review-item-table';

export type ReviewItemDecision = Decision<ReviewItem> & { readonly facts: readonly ReviewItemFact[] };
export type Decided = Result<ReviewItemDecision, Rejection>;

const ACTION_TEXTS: Readonly<Record<ReviewItemAction, LocalizedText>> = {
  passPrechecks: text('通过预检', 'pass its prechecks'),
  failPrechecks: text('预检不通过', 'fail its prechecks'),
  approve: text('通过', 'be approved'),
  reject: text('驳回', 'be rejected'),
  correctToApproved: text('更正为通过', 'be corrected to approved'),
  correctToRejected: text('更正为驳回', 'be corrected to rejected'),
  launch: text('提交上线', 'be launched'),
  timeOutLaunch: text('转人工确认', 'be handed to a person'),
  confirmLaunch: text('确认上线', 'be confirmed as launched'),
  confirmLaunchBySignal: text('由信号确认上线', 'be confirmed as launched by a signal'),
  returnLaunch: text('退回待上线', 'be returned to approved'),
  withdraw: text('撤回', 'be withdrawn'),
  void: text('作废', 'be voided'),
};

export const invalid = (
  message: LocalizedText,
  details: Readonly<Record<string, unknown>>,
): { readonly ok: false; readonly error: Rejection } => err({ code: 'INVALID_STATE', text: message, details });

/** The step of the machine with what it changes, or why there is no such step. */
export const step = (
  item: ReviewItem,
  action: ReviewItemAction,
  change: Partial<ReviewItem> & { readonly updatedAt: Date },
  type: ReviewItemFact['type'],
): Decided => {
  const state = nextState(item.state, action);
  if (state === undefined) {
    const is = STATE_TEXTS[item.state];
    const what = ACTION_TEXTS[action];
    const message = text(`审核项${is.zh}，不能${what.zh}`, `An item that is ${is.en} cannot ${what.en}`);
    return invalid(message, { state: item.state, action });
  }
  return ok({ next: { ...item, ...change, state }, facts: [{ type }] });
};

/** For steps that nobody waits for: null where there is none. */
export const acceptedOrNull = (decided: Decided): ReviewItemDecision | null => (decided.ok ? decided.value : null);

/** The state is asked first: what is wrong with the input of a step that cannot be is of no interest. */
export const checked = (decided: Decided, violations: readonly Violation[]): Decided =>
  decided.ok && violations.length > 0 ? err(inputRejection(violations)) : decided;

export const LEFT_SUBMISSION = text(
  '被审对象已不在此次提交上（已修改、撤回或重新提交）',
  'What is reviewed has left this submission: it was edited, withdrawn or submitted again',
);
