import {
  err,
  inputRejection,
  ok,
  text,
  type Decision,
  type LocalizedText,
  type Rejection,
  type Result,
} from '@daikaifa/kernel';
import { LIMITS } from './limits';
import type {
  Launch,
  Precheck,
  ReviewItem,
  ReviewItemFact,
  ReviewSnapshot,
  ReviewSubject,
  Verdict,
  VerdictDecision,
  VerdictSource,
} from './review-item';
import { nextState, STATE_TEXTS, waitsForVerdict, type ReviewItemAction } from './review-item-table';
import { checkNote, checkReasons, toReasons, type GivenReason } from './review-input';
import type { TemplateSubject } from './template-subject';
import { isOn } from './template-subject';

export type ReviewItemDecision = Decision<ReviewItem> & { readonly facts: readonly ReviewItemFact[] };
type Decided = Result<ReviewItemDecision, Rejection>;

const ACTION_TEXTS: Readonly<Record<ReviewItemAction, LocalizedText>> = {
  passPrechecks: text('通过预检', 'pass its prechecks'),
  failPrechecks: text('预检不通过', 'fail its prechecks'),
  approve: text('通过', 'be approved'),
  reject: text('驳回', 'be rejected'),
  correctToApproved: text('更正为通过', 'be corrected to approved'),
  correctToRejected: text('更正为驳回', 'be corrected to rejected'),
  launch: text('提交上线', 'be launched'),
  confirmLaunch: text('确认上线', 'be confirmed as launched'),
  returnLaunch: text('退回待上线', 'be returned to approved'),
  withdraw: text('撤回', 'be withdrawn'),
  void: text('作废', 'be voided'),
};

const invalid = (message: LocalizedText, details: Readonly<Record<string, unknown>>): { ok: false; error: Rejection } =>
  err({ code: 'INVALID_STATE', text: message, details });

/** The step of the machine with what it changes, or why there is no such step. */
const step = (
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

export interface OpenItem {
  readonly id: string;
  readonly ticketId: string;
  readonly publisherId: string;
  readonly subject: ReviewSubject;
  readonly subjectSequence: number;
  readonly snapshot: ReviewSnapshot;
  readonly submittedBy: string;
  readonly submittedAt: Date;
  readonly dueHours: number;
  readonly previousItemId: string | null;
}

export const openItem = ({ dueHours, ...command }: OpenItem, now: Date): ReviewItemDecision => ({
  next: {
    ...command,
    version: 0,
    createdAt: now,
    updatedAt: now,
    state: 'PRECHECKING',
    prechecks: [],
    reasons: [],
    verdicts: [],
    launch: null,
    launchReturns: [],
    dueAt: new Date(command.submittedAt.getTime() + dueHours * LIMITS.hourMs),
    notice: 'NONE',
  },
  facts: [{ type: 'review.item.opened' }],
});

/** Whatever failed refuses; warnings and what could not be checked are shown to the reviewer. Null: not prechecking. */
export const applyPrechecks = (
  item: ReviewItem,
  prechecks: readonly Precheck[],
  now: Date,
): ReviewItemDecision | null => {
  const reasons = prechecks
    .filter(({ outcome }) => outcome === 'FAILED')
    .map(({ field, code, reason, text: why }) => ({ field: field ?? '', code: reason ?? code, text: why }));
  const change = { prechecks, reasons, updatedAt: now };
  const decided =
    reasons.length > 0
      ? step(item, 'failPrechecks', change, 'review.item.precheck-failed')
      : step(item, 'passPrechecks', change, 'review.item.prechecked');
  return decided.ok ? decided.value : null;
};

export interface GiveVerdict {
  readonly decision: VerdictDecision;
  readonly source: VerdictSource;
  readonly decidedBy: string;
  readonly reasons: readonly GivenReason[];
  readonly note: string | null;
}

const withVerdict = (item: ReviewItem, command: GiveVerdict, isCorrection: boolean, now: Date) => {
  const { decision, source, decidedBy } = command;
  const reasons = toReasons(source, command.reasons);
  const note = command.note?.trim() || null;
  const verdict: Verdict = { decision, source, decidedBy, decidedAt: now, reasons, isCorrection, note };
  return { verdicts: [...item.verdicts, verdict], reasons, updatedAt: now };
};

/** The state is asked first: what is wrong with the input of a step that cannot be is of no interest. */
const checked = (decided: Decided, violations: ReturnType<typeof checkReasons>): Decided =>
  decided.ok && violations.length > 0 ? err(inputRejection(violations)) : decided;

export const decideItem = (item: ReviewItem, command: GiveVerdict, now: Date): Decided => {
  const action = command.decision === 'APPROVED' ? 'approve' : 'reject';
  return checked(step(item, action, withVerdict(item, command, false, now), 'review.item.decided'), [
    ...checkReasons(command.decision, command.reasons),
    ...checkNote(command.note, 'optional'),
  ]);
};

const LEFT_SUBMISSION = text(
  '模版已不在此次提交上（已修改、撤回或重新提交）',
  'The template has left this submission: it was edited, withdrawn or submitted again',
);

/** Only the word of WeCom can have been written down wrongly, and only until the launch is asked for. */
export const correctVerdict = (
  item: ReviewItem,
  command: Omit<GiveVerdict, 'source'>,
  subject: TemplateSubject | null,
  now: Date,
): Decided => {
  const standing = item.verdicts.at(-1);
  if (standing === undefined) {
    return invalid(text('尚无可更正的结论', 'There is no verdict to correct yet'), { state: item.state });
  }
  if (standing.source !== 'WECOM') {
    const message = text('只能更正记录的企业微信审核结论', 'Only a verdict of WeCom that was written down can be corrected');
    return invalid(message, { source: standing.source });
  }
  if (standing.decision === command.decision) {
    const message = text('结论与已记录的相同，无需更正', 'The recorded verdict says the same already');
    return invalid(message, { decision: standing.decision });
  }
  const action = command.decision === 'APPROVED' ? 'correctToApproved' : 'correctToRejected';
  const change = withVerdict(item, { ...command, source: 'WECOM' }, true, now);
  const decided = step(item, action, change, 'review.item.verdict-corrected');
  if (!decided.ok) {
    return decided;
  }
  if (subject === null || !isOn(subject, item.subject.submissionId)) {
    return invalid(LEFT_SUBMISSION, { submissionId: item.subject.submissionId });
  }
  if (item.verdicts.length >= LIMITS.maxVerdicts) {
    return invalid(text('更正次数已达上限', 'This verdict was corrected too often'), { limit: LIMITS.maxVerdicts });
  }
  return checked(decided, [
    ...checkReasons(command.decision, command.reasons),
    ...checkNote(command.note, 'required'),
  ]);
};

export const launchItem = (
  item: ReviewItem,
  command: { readonly requestedBy: string },
  subject: TemplateSubject | null,
  now: Date,
): Decided => {
  const { requestedBy } = command;
  const launch: Launch = { requestedBy, requestedAt: now, confirmedBy: null, confirmer: null, confirmedAt: null };
  const decided = step(item, 'launch', { launch, updatedAt: now }, 'review.item.launching');
  return decided.ok && (subject === null || !isOn(subject, item.subject.submissionId))
    ? invalid(LEFT_SUBMISSION, { submissionId: item.subject.submissionId })
    : decided;
};

/** A template's launch has no signal: a person has seen it in WeCom's console. */
export const confirmLaunch = (item: ReviewItem, command: { readonly confirmer: string }, now: Date): Decided => {
  const launch = item.launch && ({ ...item.launch, confirmedBy: 'PERSON', ...command, confirmedAt: now } as const);
  return step(item, 'confirmLaunch', { launch, updatedAt: now }, 'review.item.launched');
};

const returned = (item: ReviewItem, returnedBy: string, note: string, now: Date): Decided => {
  const entry = item.launch && {
    requestedBy: item.launch.requestedBy,
    requestedAt: item.launch.requestedAt,
    returnedBy,
    returnedAt: now,
    note,
  };
  const launchReturns = [...item.launchReturns, ...(entry ? [entry] : [])].slice(-LIMITS.maxLaunchReturns);
  return step(item, 'returnLaunch', { launch: null, launchReturns, updatedAt: now }, 'review.item.launch-returned');
};

export const returnLaunch = (
  item: ReviewItem,
  command: { readonly returnedBy: string; readonly note: string },
  now: Date,
): Decided =>
  checked(returned(item, command.returnedBy, command.note.trim(), now), checkNote(command.note, 'required'));

/** Who returns a launch whose template was edited before it had heard of the launch. */
const PLATFORM = 'platform';

/** The publisher took the subject back. A launch that was asked for is returned first. Null: nothing to withdraw. */
export const withdrawItem = (item: ReviewItem, now: Date): ReviewItemDecision | null => {
  const before = item.state === 'LAUNCHING' ? returned(item, PLATFORM, LEFT_SUBMISSION.zh, now) : null;
  const current = before?.ok ? before.value : { next: item, facts: [] };
  const withdrawn = step(current.next, 'withdraw', { updatedAt: now }, 'review.item.withdrawn');
  return withdrawn.ok
    ? { next: withdrawn.value.next, facts: [...current.facts, ...withdrawn.value.facts] }
    : null;
};

/** The subject is gone. Null: the item is closed already. */
export const voidItem = (item: ReviewItem, now: Date): ReviewItemDecision | null => {
  const decided = step(item, 'void', { updatedAt: now }, 'review.item.void');
  return decided.ok ? decided.value : null;
};

/** When the next notice about the due date has to be given; null: none any more. */
export const noticeDueAt = ({ state, notice, submittedAt, dueAt }: ReviewItem): Date | null => {
  if (!waitsForVerdict(state) || notice === 'OVERDUE') {
    return null;
  }
  const timeMs = dueAt.getTime() - submittedAt.getTime();
  return notice === 'DUE_SOON' ? dueAt : new Date(dueAt.getTime() - timeMs * LIMITS.reminderShare);
};

/** Past its due date and still without a verdict, as far as it was announced. */
export const isOverdue = ({ state, notice }: Pick<ReviewItem, 'state' | 'notice'>): boolean =>
  notice === 'OVERDUE' && waitsForVerdict(state);

/** Gives the notice that is due; a reminder that is too late is left out. Null: nothing is due. */
export const giveNotice = (item: ReviewItem, now: Date): ReviewItemDecision | null => {
  const at = noticeDueAt(item);
  if (at === null || at > now) {
    return null;
  }
  return item.dueAt <= now
    ? { next: { ...item, notice: 'OVERDUE', updatedAt: now }, facts: [{ type: 'review.item.overdue' }] }
    : { next: { ...item, notice: 'DUE_SOON', updatedAt: now }, facts: [{ type: 'review.item.due-soon' }] };
};
