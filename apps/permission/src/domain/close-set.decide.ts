import type { ErasureCounts } from '@daikaifa/kernel';
import { openRequestOf, type PermissionRequest, type PermissionSet } from './permission-set';
import { endedBy, stepped, withRequest, type PermissionSetDecision } from './request-steps';

/** Nobody has answered for long: a mark and a notice, once, never a guessed end. Null: nothing is due. */
export const markStale = (set: PermissionSet, now: Date): PermissionSetDecision | null => {
  const open = openRequestOf(set);
  return open === null || open.stale || open.remindAt > now
    ? null
    : { next: withRequest(set, { ...open, stale: true }, now), facts: [{ type: 'permission.stale' }] };
};

/** The corp has cancelled: what was asked for is void. Null: known already. */
export const cancelSet = (set: PermissionSet, now: Date): PermissionSetDecision | null => {
  if (set.status === 'CANCELLED') {
    return null;
  }
  const open = openRequestOf(set);
  const voided = open && stepped(open, 'void', { end: endedBy('PLATFORM', now) });
  return {
    next: { ...(voided === null ? set : withRequest(set, voided, now)), status: 'CANCELLED', updatedAt: now },
    facts: [
      ...(voided === null ? [] : [{ type: 'permission.void' } as const]),
      { type: 'permission.cancelled' },
    ],
  };
};

const withoutNote = (request: PermissionRequest): PermissionRequest =>
  request.end === null ? request : { ...request, end: { ...request.end, note: null } };

/**
 * Removes what belongs to the corp: its id, what it had granted, the log of it, and what people noted. What the
 * provider itself asked for stays. Null: erased already.
 */
export const eraseSet = (set: PermissionSet, now: Date): PermissionSetDecision | null =>
  set.erased !== null
    ? null
    : {
        next: {
          ...set,
          corpId: '',
          effective: null,
          changes: [],
          requests: set.requests.map((request) => ({ ...withoutNote(request), difference: { added: [], removed: [] } })),
          erased: {
            changes: set.changes.length,
            notes: set.requests.filter(({ end }) => end !== null && end.note !== null).length,
          },
          updatedAt: now,
        },
        facts: [{ type: 'permission.erased' }],
      };

/** Cancelled and erased at once: no event of the end names the corp, so that its provider's backend can have them all. */
export const endSet = (set: PermissionSet, now: Date): PermissionSetDecision | null => {
  const cancelled = cancelSet(set, now);
  const erased = eraseSet(cancelled?.next ?? set, now);
  return erased === null ? cancelled : { ...erased, facts: [...(cancelled?.facts ?? []), ...erased.facts] };
};

/** From what the set itself remembers: the same however often it is counted. */
export const erasureCounts = (set: PermissionSet | null): ErasureCounts => ({
  'permission-set': set?.erased ? 1 : 0,
  'permission-change': set?.erased?.changes ?? 0,
  'permission-note': set?.erased?.notes ?? 0,
});
