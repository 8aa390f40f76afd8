import { text } from '@daikaifa/kernel';
import { publishedAfter, type AuthorizationSignal } from './authorization-signal';
import { LIMITS } from './limits';
import type { Launch, ReviewItem } from './review-item';
import { checkNote } from './review-input';
import {
  acceptedOrNull,
  checked,
  invalid,
  LEFT_SUBMISSION,
  step,
  type Decided,
  type ReviewItemDecision,
} from './review-item-step';
import { isOn, type SubjectState } from './subject-state';

export interface LaunchItem {
  readonly requestedBy: string;
  /** How long WeCom's signal is waited for, where there is one. */
  readonly timeoutMs: number;
}

/** 提交上线. WeCom tells whether a corp's app is online; of a template only a person can. */
export const launchItem = (
  item: ReviewItem,
  { requestedBy, timeoutMs }: LaunchItem,
  subject: SubjectState | null,
  now: Date,
): Decided => {
  const hasSignal = item.subject.kind === 'CORP_APP';
  const launch: Launch = {
    requestedBy,
    requestedAt: now,
    signalDueAt: hasSignal ? new Date(now.getTime() + timeoutMs) : null,
    waitsForPersonSince: hasSignal ? null : now,
    confirmedBy: null,
    confirmer: null,
    confirmedAt: null,
  };
  const decided = step(item, 'launch', { launch, updatedAt: now }, 'review.item.launching');
  return decided.ok && (subject === null || !isOn(subject, item.subject.submissionId))
    ? invalid(LEFT_SUBMISSION, { submissionId: item.subject.submissionId })
    : decided;
};

/** When the launch is handed to a person, should no signal come; null: there is no signal to wait for (any more). */
export const signalDueAt = ({ state, launch }: ReviewItem): Date | null =>
  state === 'LAUNCHING' && launch?.waitsForPersonSince === null ? launch.signalDueAt : null;

/** A person has seen it online in WeCom's console. Where there is a signal, it has its time first. */
export const confirmLaunch = (item: ReviewItem, command: { readonly confirmer: string }, now: Date): Decided => {
  const dueAt = signalDueAt(item);
  const launch = item.launch && ({ ...item.launch, confirmedBy: 'PERSON', ...command, confirmedAt: now } as const);
  const decided = step(item, 'confirmLaunch', { launch, updatedAt: now }, 'review.item.launched');
  if (decided.ok && dueAt !== null) {
    const message = text(
      '正在等待企业微信的发布状态，超时后才可人工确认',
      "WeCom's publish status is being waited for; a person can confirm when that has timed out",
    );
    return invalid(message, { reason: 'WAITS_FOR_SIGNAL', signalDueAt: dueAt.toISOString() });
  }
  return decided;
};

/** WeCom says that the app is online. Null: it does not say so, or nobody waits for it. */
export const confirmBySignal = (
  item: ReviewItem,
  authorization: AuthorizationSignal,
  now: Date,
): ReviewItemDecision | null => {
  const { launch, subject } = item;
  if (launch === null || subject.corpApp?.authorizationId !== authorization.id) {
    return null;
  }
  const confirmedAt = publishedAfter(authorization, subject.corpApp.epoch, launch.requestedAt);
  const confirmed = { ...launch, confirmedBy: 'SIGNAL', confirmer: null, confirmedAt } as const;
  return confirmedAt === null
    ? null
    : acceptedOrNull(
        step(item, 'confirmLaunchBySignal', { launch: confirmed, updatedAt: now }, 'review.item.launched'),
      );
};

/** No signal came in time: a person confirms or returns it; a late signal still counts. Null: not due. */
export const timeOutLaunch = (item: ReviewItem, now: Date): ReviewItemDecision | null => {
  const dueAt = signalDueAt(item);
  if (dueAt === null || dueAt > now) {
    return null;
  }
  const launch = item.launch && { ...item.launch, waitsForPersonSince: now };
  return acceptedOrNull(step(item, 'timeOutLaunch', { launch, updatedAt: now }, 'review.item.launch-timed-out'));
};

export interface ReturnLaunch {
  readonly returnedBy: string;
  readonly note: string;
}

/** Without asking what the note is like: see `returnLaunch`. */
export const returned = (item: ReviewItem, { returnedBy, note }: ReturnLaunch, now: Date): Decided => {
  const entry = item.launch && {
    requestedBy: item.launch.requestedBy,
    requestedAt: item.launch.requestedAt,
    returnedBy,
    returnedAt: now,
    note: note.trim(),
  };
  const launchReturns = [...item.launchReturns, ...(entry ? [entry] : [])].slice(-LIMITS.maxLaunchReturns);
  return step(item, 'returnLaunch', { launch: null, launchReturns, updatedAt: now }, 'review.item.launch-returned');
};

/** The launch did not happen. */
export const returnLaunch = (item: ReviewItem, command: ReturnLaunch, now: Date): Decided =>
  checked(returned(item, command, now), checkNote(command.note, 'required'));
