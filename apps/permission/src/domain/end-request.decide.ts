import { err, inputRejection, ok, text, type LocalizedText } from '@daikaifa/kernel';
import { needsSecondConfirmation } from './permission-catalogue';
import { STATE_TEXTS, type PermissionRequestAction, type PermissionRequestState } from './permission-request-table';
import { lastRequestOf, openRequestOf, type PermissionSet } from './permission-set';
import { checkNote } from './request-input';
import { endedBy, invalid, refuseCancelled, stepped, withRequest, type Decided } from './request-steps';

const ACTION_TEXTS: Partial<Record<PermissionRequestAction, LocalizedText>> = {
  decline: text('登记暂不授权', 'be recorded as declined'),
  withdraw: text('撤回', 'be withdrawn'),
  confirmSecond: text('登记二次确认', 'be recorded as confirmed a second time'),
};

const noSuchStep = (action: PermissionRequestAction, state: PermissionRequestState | undefined) => {
  const what = ACTION_TEXTS[action] ?? text(action, action);
  const message =
    state === undefined
      ? text('尚未申请过自定义权限', 'No permissions were ever asked for')
      : text(`申请${STATE_TEXTS[state].zh}，不能${what.zh}`, `A request that is ${STATE_TEXTS[state].en} cannot ${what.en}`);
  return invalid(message, { state: state ?? null, action });
};

const PERSON_FACTS = { decline: 'permission.declined', withdraw: 'permission.withdrawn' } as const;

const endByPerson = (
  set: PermissionSet,
  action: keyof typeof PERSON_FACTS,
  { person, note }: { readonly person: string; readonly note: string | null },
  now: Date,
): Decided => {
  const cancelled = refuseCancelled(set);
  if (cancelled !== null) {
    return cancelled;
  }
  const last = lastRequestOf(set);
  const ended = last && stepped(last, action, { end: endedBy('PERSON', now, person, note?.trim() || null) });
  if (ended === null) {
    return noSuchStep(action, last?.state);
  }
  const violations = checkNote(note);
  return violations.length > 0
    ? err(inputRejection(violations))
    : ok({ next: withRequest(set, ended, now), facts: [{ type: PERSON_FACTS[action] }] });
};

/** 暂不授权: WeCom tells nobody, so a person writes it down. What worked before goes on working. */
export const declineRequest = (
  set: PermissionSet,
  command: { readonly person: string; readonly note: string | null },
  now: Date,
): Decided => endByPerson(set, 'decline', command, now);

export const withdrawRequest = (set: PermissionSet, command: { readonly person: string }, now: Date): Decided =>
  endByPerson(set, 'withdraw', { ...command, note: null }, now);

/**
 * A person has seen that the corp's admin confirmed also the second time. The first confirmation is part of it: while
 * everything that needs no second one worked before, no signal can tell of the first.
 */
export const recordSecondConfirmation = (set: PermissionSet, command: { readonly person: string }, now: Date): Decided => {
  const cancelled = refuseCancelled(set);
  if (cancelled !== null) {
    return cancelled;
  }
  const last = lastRequestOf(set);
  if (last !== null && openRequestOf(set) !== null && !last.codes.some(needsSecondConfirmation)) {
    return invalid(text('该申请无需二次确认', 'Nothing in this request needs a second confirmation'), { state: last.state });
  }
  const first = last && (stepped(last, 'confirmFirst', { firstConfirmedAt: now }) ?? last);
  const granted = first && stepped(first, 'confirmSecond', { end: endedBy('PERSON', now, command.person) });
  if (granted === null) {
    return noSuchStep('confirmSecond', last?.state);
  }
  const isFirstNew = first !== last;
  return ok({
    next: withRequest(set, granted, now),
    facts: [
      ...(isFirstNew ? [{ type: 'permission.second-confirmation' } as const] : []),
      { type: 'permission.granted' },
    ],
  });
};
