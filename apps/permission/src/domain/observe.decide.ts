import { codeSet, differenceOf, sameCodes, without } from './code-sets';
import { inEffect } from './expiry';
import { needsSecondConfirmation } from './permission-catalogue';
import { isOpen } from './permission-request-table';
import {
  openRequestOf,
  type ChangeCause,
  type EffectiveSet,
  type PermissionExpiry,
  type PermissionRequest,
  type PermissionSet,
  type PermissionSetFact,
} from './permission-set';
import { endedBy, stepped, withChange, withRequest, type PermissionSetDecision } from './request-steps';

/** What an observation says about a request. */
interface Answer {
  readonly request: PermissionRequest;
  readonly cause: ChangeCause;
  readonly facts: readonly PermissionSetFact[];
}

const isBefore = (request: PermissionRequest, { readAt }: EffectiveSet): boolean => request.requestedAt < readAt;

/** The open request: granted when exactly its set works; waiting for the second confirmation when only that is missing. */
const answerTo = (open: PermissionRequest, seen: EffectiveSet, isChange: boolean): Answer | null => {
  if (!isBefore(open, seen)) {
    return null;
  }
  if (sameCodes(seen.codes, open.codes)) {
    const request = stepped(open, 'grant', { end: endedBy('SIGNAL', seen.readAt) });
    return request && { request, cause: 'GRANT', facts: [{ type: 'permission.granted' }] };
  }
  // Only a change tells: the rest may have worked before it was asked for.
  const isFirst = isChange && sameCodes(seen.codes, without(open.codes, needsSecondConfirmation));
  const request = isFirst ? stepped(open, 'confirmFirst', { firstConfirmedAt: seen.readAt }) : null;
  return request && { request, cause: 'GRANT', facts: [{ type: 'permission.second-confirmation' }] };
};

/** The corp's admin can confirm an old message after all: the newest ended request that asked for exactly this. */
const lateAnswer = (set: PermissionSet, seen: EffectiveSet): Answer | null => {
  const meant = set.requests.findLast(
    (request) => !isOpen(request.state) && isBefore(request, seen) && sameCodes(seen.codes, request.codes),
  );
  const request = meant && stepped(meant, 'grantLate', { lateGrantedAt: seen.readAt });
  return request ? { request, cause: 'LATE_GRANT', facts: [{ type: 'permission.late-grant' }] } : null;
};

const causeOf = (set: PermissionSet, seen: EffectiveSet): ChangeCause => {
  if (set.effective === null) {
    return 'FIRST_READING';
  }
  const { added, removed } = differenceOf(set.effective.codes, seen.codes);
  return added.length === 0 && removed.length > 0 ? 'REVOCATION' : 'CORP_EDIT';
};

const logged = (set: PermissionSet, seen: EffectiveSet, answer: Answer | null): PermissionSet =>
  withChange(set, {
    cause: answer?.cause ?? causeOf(set, seen),
    requestId: answer?.request.id ?? null,
    ...differenceOf(set.effective?.codes ?? [], seen.codes),
    readAt: seen.readAt,
  });

const answerOf = (set: PermissionSet, seen: EffectiveSet, isChange: boolean): Answer | null => {
  const open = openRequestOf(set);
  const answer = open && answerTo(open, seen, isChange);
  return answer === null && isChange ? lateAnswer(set, seen) : answer;
};

/** What a re-read of WeCom saw. */
export interface ObservedPermissions {
  readonly codes: readonly string[];
  readonly readAt: Date;
  /** Those of the codes that end by themselves. */
  readonly expiries: readonly PermissionExpiry[];
}

/**
 * Takes in what WeCom was seen to have granted, but for what has come to its end since. The effective set is always the last observation; what that means for
 * requests is decided from it.
 * @returns null when the corp has cancelled, or the same or a later reading is known
 */
export const observePermissions = (
  set: PermissionSet,
  observation: ObservedPermissions,
  now: Date,
): PermissionSetDecision | null => {
  const { effective } = set;
  if (set.status === 'CANCELLED' || (effective !== null && observation.readAt <= effective.readAt)) {
    return null;
  }
  const seen = inEffect({ ...observation, codes: codeSet(observation.codes) }, now);
  const isChange = effective === null || !sameCodes(effective.codes, seen.codes);
  const answer = answerOf(set, seen, isChange);
  const answered = answer === null ? set : withRequest(set, answer.request, now);
  return {
    next: { ...(isChange ? logged(answered, seen, answer) : answered), effective: seen, updatedAt: now },
    facts: [...(isChange ? [{ type: 'permission.effective-changed' } as const] : []), ...(answer?.facts ?? [])],
  };
};
