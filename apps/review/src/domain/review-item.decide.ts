import { text } from '@daikaifa/kernel';
import { returned } from './launch.decide';
import { LIMITS } from './limits';
import type {
  Precheck,
  ReviewItem,
  ReviewSnapshot,
  ReviewSubject,
  Verdict,
  VerdictDecision,
  VerdictSource,
} from './review-item';
import { checkNote, checkReasons, toReasons, type GivenReason } from './review-input';
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

export interface OpenItem {
  readonly id: string;
  readonly ticketId: string;
  readonly publisherId: string;
  readonly subject: ReviewSubject;
  readonly subjectSequence: number;
  readonly snapshot: ReviewSnapshot;
  readonly submittedBy: string;
  readonly submittedAt: Date;
  readonly dueAt: Date;
  readonly previousItemId: string | null;
}

export const openItem = (command: OpenItem, now: Date): ReviewItemDecision => ({
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
  return acceptedOrNull(
    reasons.length > 0
      ? step(item, 'failPrechecks', change, 'review.item.precheck-failed')
      : step(item, 'passPrechecks', change, 'review.item.prechecked'),
  );
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

export const decideItem = (item: ReviewItem, command: GiveVerdict, now: Date): Decided => {
  const action = command.decision === 'APPROVED' ? 'approve' : 'reject';
  return checked(step(item, action, withVerdict(item, command, false, now), 'review.item.decided'), [
    ...checkReasons(item.subject.kind, command),
    ...checkNote(command.note, 'optional'),
  ]);
};

/** Only the word of WeCom can have been written down wrongly, and only until the launch is asked for. */
export const correctVerdict = (
  item: ReviewItem,
  command: Omit<GiveVerdict, 'source'>,
  subject: SubjectState | null,
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
    ...checkReasons(item.subject.kind, command),
    ...checkNote(command.note, 'required'),
  ]);
};

/** Who returns a launch whose subject was edited before it had heard of the launch. */
const PLATFORM = 'platform';

/** The publisher took the subject back. A launch that was asked for is returned first. Null: nothing to withdraw. */
export const withdrawItem = (item: ReviewItem, now: Date): ReviewItemDecision | null => {
  const before = item.state === 'LAUNCHING' ? returned(item, { returnedBy: PLATFORM, note: LEFT_SUBMISSION.zh }, now) : null;
  const current = before?.ok ? before.value : { next: item, facts: [] };
  const withdrawn = step(current.next, 'withdraw', { updatedAt: now }, 'review.item.withdrawn');
  return withdrawn.ok
    ? { next: withdrawn.value.next, facts: [...current.facts, ...withdrawn.value.facts] }
    : null;
};

/** The subject is gone. Null: the item is closed already. */
export const voidItem = (item: ReviewItem, now: Date): ReviewItemDecision | null =>
  acceptedOrNull(step(item, 'void', { updatedAt: now }, 'review.item.void'));
