import { err, text, type Decision, type LocalizedText, type Rejection, type Result } from '@daikaifa/kernel';
import { LIMITS } from './limits';
import { nextState, type PermissionRequestAction } from './permission-request-table';
import type { EffectiveChange, PermissionRequest, PermissionSet, PermissionSetFact, RequestEnd } from './permission-set';

export type PermissionSetDecision = Decision<PermissionSet> & { readonly facts: readonly PermissionSetFact[] };
export type Decided = Result<PermissionSetDecision, Rejection>;

export const invalid = (message: LocalizedText, details: Readonly<Record<string, unknown>>): { ok: false; error: Rejection } =>
  err({ code: 'INVALID_STATE', text: message, details });

export const refuseCancelled = ({ status }: PermissionSet): { ok: false; error: Rejection } | null =>
  status === 'CANCELLED'
    ? invalid(text('企业已取消授权', 'The corp has cancelled its authorization'), { reason: 'CANCELLED' })
    : null;

/** The set with one request replaced. */
export const withRequest = (set: PermissionSet, request: PermissionRequest, now: Date): PermissionSet => ({
  ...set,
  requests: set.requests.map((each) => (each.id === request.id ? request : each)),
  updatedAt: now,
});

/** The set with one more entry in the log of what worked. */
export const withChange = (set: PermissionSet, change: Omit<EffectiveChange, 'number'>): PermissionSet => ({
  ...set,
  changes: [...set.changes, { number: (set.changes.at(-1)?.number ?? 0) + 1, ...change }].slice(-LIMITS.maxChanges),
});

/** The request one step further; null where the machine has no such step. */
export const stepped = (
  request: PermissionRequest,
  action: PermissionRequestAction,
  change: Partial<PermissionRequest> = {},
): PermissionRequest | null => {
  const state = nextState(request.state, action);
  return state === undefined ? null : { ...request, ...change, state };
};

export const endedBy = (by: RequestEnd['by'], at: Date, person: string | null = null, note: string | null = null): RequestEnd => ({
  by,
  person,
  at,
  note,
});
