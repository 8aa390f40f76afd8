import { err, inputRejection, ok, type Rejection, type Result, type Violation } from '@daikaifa/kernel';
import { codeSet, differenceOf } from './code-sets';
import { LIMITS } from './limits';
import { findPermission } from './permission-catalogue';
import { lastRequestOf, openRequestOf, type AppIdentity, type PermissionRequest, type PermissionSet } from './permission-set';
import { checkPermissions } from './request-input';
import { endedBy, refuseCancelled, stepped, withRequest, type PermissionSetDecision } from './request-steps';

export const makeSet = (command: AppIdentity & { readonly id: string }, now: Date): PermissionSetDecision => ({
  next: {
    ...command,
    version: 0,
    createdAt: now,
    updatedAt: now,
    status: 'ACTIVE',
    effective: null,
    requests: [],
    changes: [],
    erased: null,
  },
  facts: [{ type: 'permission.set-made' }],
});

export interface RequestPermissions {
  readonly requestId: string;
  /** Ids of the catalogue, or codes that it does not know yet. */
  readonly permissions: readonly string[];
  readonly requestedBy: string;
  readonly idempotency: PermissionRequest['idempotency'];
  /** From when on nobody having answered is said aloud. */
  readonly remindAfterMs: number;
}

const isCoded = (id: string): boolean => findPermission(id)?.code !== null;

/**
 * Saves an edit of the custom permissions. Each save asks the corp at once, also an unchanged one: WeCom sends its
 * admin a message every time. What was open before is superseded.
 */
export const requestPermissions = (
  set: PermissionSet,
  command: RequestPermissions,
  now: Date,
): Result<PermissionSetDecision & { readonly warnings: readonly Violation[] }, Rejection> => {
  const cancelled = refuseCancelled(set);
  if (cancelled !== null) {
    return cancelled;
  }
  const violations = checkPermissions(command.permissions);
  if (violations.some(({ severity }) => severity === 'ERROR')) {
    return err(inputRejection(violations));
  }
  const codes = codeSet(command.permissions.filter(isCoded));
  const request: PermissionRequest = {
    id: command.requestId,
    number: (lastRequestOf(set)?.number ?? 0) + 1,
    state: 'PENDING',
    codes,
    personItems: codeSet(command.permissions.filter((id) => !isCoded(id))),
    difference: differenceOf(set.effective?.codes ?? [], codes),
    requestedBy: command.requestedBy,
    requestedAt: now,
    remindAt: new Date(now.getTime() + command.remindAfterMs),
    stale: false,
    firstConfirmedAt: null,
    end: null,
    lateGrantedAt: null,
    idempotency: command.idempotency,
  };
  const open = openRequestOf(set);
  const superseded = open && stepped(open, 'supersede', { end: endedBy('PLATFORM', now) });
  const earlier = superseded === null ? set : withRequest(set, superseded, now);
  return ok({
    next: { ...earlier, requests: [...earlier.requests, request].slice(-LIMITS.maxRequests), updatedAt: now },
    facts: [
      ...(superseded === null ? [] : [{ type: 'permission.superseded' } as const]),
      { type: 'permission.requested' },
    ],
    warnings: violations,
  });
};
