import { observePermissions } from './observe.decide';
import type { PermissionRequest, PermissionSet } from './permission-set';
import { lastRequestOf, openRequestOf, remindAtOf } from './permission-set';
import { cancelSet, endSet, eraseSet, markStale } from './close-set.decide';
import { declineRequest, recordSecondConfirmation, withdrawRequest } from './end-request.decide';
import { makeSet, requestPermissions } from './permission-set.decide';
import type { Decided } from './request-steps';
import type { PermissionRequestState } from './permission-request-table';

const HOUR_MS = 3_600_000;
const start = new Date('2026-03-02T09:00:00.000Z');
const at = (hours: number): Date => new Date(start.getTime() + hours * HOUR_MS);

const TAG = 'externalcontact:contact:tag';
const BASE = 'externalcontact:base:base';
const CALENDAR = 'calendar:base:base';
const ACQUISITION = 'externalcontact:customer_acquisition:base';

const identity = {
  id: 'app-1',
  publisherId: 'p1',
  templateId: 't1',
  authorizationId: 'a1',
  suiteId: 'dk1',
  corpId: 'wpABC',
  epoch: 1,
};
const made = makeSet(identity, start).next;

let requests = 0;
const command = (permissions: readonly string[]) => {
  requests += 1;
  const id = `r${requests}`;
  return {
    requestId: id,
    permissions,
    requestedBy: 'developer-1',
    idempotency: { key: `key-${id}`, fingerprint: 'f' },
    remindAfterMs: 72 * HOUR_MS,
  };
};

/** @throws when the decision refuses: for the steps that a test takes for granted */
const accepted = (decided: Decided): PermissionSet => {
  if (!decided.ok) {
    throw new Error(decided.error.text.en);
  }
  return decided.value.next;
};
const ask = (set: PermissionSet, permissions: readonly string[], now: Date): PermissionSet =>
  accepted(requestPermissions(set, command(permissions), now));
const see = (set: PermissionSet, codes: readonly string[], readAt: Date): PermissionSet =>
  observePermissions(set, { codes, readAt, expiries: [] }, readAt)?.next ?? set;
const decline = (set: PermissionSet, now: Date): PermissionSet =>
  accepted(declineRequest(set, { person: 'admin-1', note: null }, now));
const typesOf = (decision: { readonly facts: readonly { readonly type: string }[] } | null): readonly string[] =>
  decision?.facts.map(({ type }) => type.replace('permission.', '')) ?? [];
const rejectionOf = (decided: Decided) => (decided.ok ? null : decided.error);

/** Works: the base. Asked for on top of it: the acquisition assistant, which wants a second confirmation, and tags. */
const asked = ask(see(made, [BASE], at(1)), [BASE, TAG, ACQUISITION], at(2));
const setIn = (state: PermissionRequestState): PermissionSet => {
  switch (state) {
    case 'PENDING':
      return asked;
    case 'PENDING_SECOND':
      return see(asked, [BASE, TAG], at(3));
    case 'GRANTED':
      return see(asked, [BASE, TAG, ACQUISITION], at(3));
    case 'DECLINED':
      return decline(asked, at(3));
    case 'WITHDRAWN':
      return accepted(withdrawRequest(asked, { person: 'developer-1' }, at(3)));
    case 'SUPERSEDED':
      return ask(asked, [BASE, CALENDAR], at(3));
    case 'VOID':
      return cancelSet(asked, at(3))!.next;
  }
};

/** Every way in which the world acts on the request that `setIn` leaves in its state. */
const actions = {
  confirmFirst: (set: PermissionSet) => see(set, [BASE, TAG], at(4)),
  confirmSecond: (set: PermissionSet) => {
    const decided = recordSecondConfirmation(set, { person: 'admin-1' }, at(4));
    return decided.ok ? decided.value.next : set;
  },
  grant: (set: PermissionSet) => see(set, [BASE, TAG, ACQUISITION], at(4)),
  decline: (set: PermissionSet) => {
    const decided = declineRequest(set, { person: 'admin-1', note: null }, at(4));
    return decided.ok ? decided.value.next : set;
  },
  supersede: (set: PermissionSet) => {
    const decided = requestPermissions(set, command([BASE]), at(4));
    return decided.ok ? decided.value.next : set;
  },
  withdraw: (set: PermissionSet) => {
    const decided = withdrawRequest(set, { person: 'developer-1' }, at(4));
    return decided.ok ? decided.value.next : set;
  },
  void: (set: PermissionSet) => cancelSet(set, at(4))?.next ?? set,
};
type Action = keyof typeof actions;

/** The request under test; `late` beside its state when it was granted after its end. */
const outcome = (set: PermissionSet, id: string): string => {
  const { state, lateGrantedAt } = set.requests.find((request) => request.id === id)!;
  return lateGrantedAt === null ? state : `${state} late`;
};

describe('every state × action', () => {
  const expected: Record<PermissionRequestState, Record<Action, string>> = {
    PENDING: {
      confirmFirst: 'PENDING_SECOND', confirmSecond: 'GRANTED', grant: 'GRANTED', decline: 'DECLINED',
      supersede: 'SUPERSEDED', withdraw: 'WITHDRAWN', void: 'VOID',
    },
    PENDING_SECOND: {
      confirmFirst: 'PENDING_SECOND', confirmSecond: 'GRANTED', grant: 'GRANTED', decline: 'DECLINED',
      supersede: 'SUPERSEDED', withdraw: 'WITHDRAWN', void: 'VOID',
    },
    GRANTED: {
      confirmFirst: 'GRANTED', confirmSecond: 'GRANTED', grant: 'GRANTED', decline: 'GRANTED', supersede: 'GRANTED',
      withdraw: 'GRANTED', void: 'GRANTED',
    },
    DECLINED: {
      confirmFirst: 'DECLINED', confirmSecond: 'DECLINED', grant: 'DECLINED late', decline: 'DECLINED',
      supersede: 'DECLINED', withdraw: 'DECLINED', void: 'DECLINED',
    },
    SUPERSEDED: {
      confirmFirst: 'SUPERSEDED', confirmSecond: 'SUPERSEDED', grant: 'SUPERSEDED late', decline: 'SUPERSEDED',
      supersede: 'SUPERSEDED', withdraw: 'SUPERSEDED', void: 'SUPERSEDED',
    },
    WITHDRAWN: {
      confirmFirst: 'WITHDRAWN', confirmSecond: 'WITHDRAWN', grant: 'WITHDRAWN', decline: 'WITHDRAWN',
      supersede: 'WITHDRAWN', withdraw: 'WITHDRAWN', void: 'WITHDRAWN',
    },
    VOID: {
      confirmFirst: 'VOID', confirmSecond: 'VOID', grant: 'VOID', decline: 'VOID', supersede: 'VOID', withdraw: 'VOID',
      void: 'VOID',
    },
  };
  const pairs = Object.entries(expected).flatMap(([state, row]) =>
    Object.entries(row).map(([action, next]) => [state as PermissionRequestState, action as Action, next] as const),
  );

  it('names all of them', () => expect(pairs).toHaveLength(7 * 7));
  it.each(pairs)('%s × %s → %s', (state, action, next) => {
    const set = setIn(state);
    const { id } = asked.requests[0]!;
    expect(outcome(set, id)).toBe(state);
    expect(outcome(actions[action](set), id)).toBe(next);
  });

  it.each([
    ['GRANTED', 'declineRequest', '申请企业已同意，不能登记暂不授权'],
    ['WITHDRAWN', 'withdrawRequest', '申请已撤回，不能撤回'],
    ['DECLINED', 'recordSecondConfirmation', '申请暂不授权，不能登记二次确认'],
  ] as const)('says why: %s, %s', (state, name, zh) => {
    const decide = {
      declineRequest: (set: PermissionSet) => declineRequest(set, { person: 'a', note: null }, at(4)),
      withdrawRequest: (set: PermissionSet) => withdrawRequest(set, { person: 'a' }, at(4)),
      recordSecondConfirmation: (set: PermissionSet) => recordSecondConfirmation(set, { person: 'a' }, at(4)),
    };
    expect(rejectionOf(decide[name](setIn(state)))).toMatchObject({ code: 'INVALID_STATE', text: { zh } });
  });
});

describe('saving an edit', () => {
  it('keeps the difference against what works', () => {
    expect(ask(see(made, [BASE, CALENDAR], at(1)), [TAG, BASE], at(2)).requests[0]).toMatchObject({
      codes: [BASE, TAG],
      difference: { added: [TAG], removed: [CALENDAR] },
    });
  });

  it('asks also when nothing changed, and for nothing at all', () => {
    const unchanged = requestPermissions(see(made, [BASE], at(1)), command([BASE]), at(2));
    expect(unchanged).toMatchObject({
      ok: true,
      value: { facts: [{ type: 'permission.requested' }], next: { requests: [{ difference: { added: [], removed: [] } }] } },
    });
    expect(openRequestOf(ask(see(made, [BASE], at(1)), [], at(2)))).toMatchObject({ codes: [] });
  });

  it('supersedes what was open: at most one request is', () => {
    const decided = requestPermissions(asked, command([BASE]), at(3));
    const next = accepted(decided);
    expect(decided.ok && typesOf(decided.value)).toEqual(['superseded', 'requested']);
    expect(next.requests.map(({ state, number }) => [number, state])).toEqual([[1, 'SUPERSEDED'], [2, 'PENDING']]);
    expect(next.requests[0]?.end).toMatchObject({ by: 'PLATFORM', at: at(3) });
  });

  it('reports every fault at once, and warnings with them', () => {
    const given = ['basic:message', 'contact:edit:all', 'nonsense', TAG, TAG, 'patrol:report:base'];
    const { violations } = rejectionOf(requestPermissions(made, command(given), at(1)))!;
    expect(violations?.map(({ field, code, severity }) => `${field} ${code} ${severity}`)).toEqual([
      'permissions.0 PERMISSION_BASIC ERROR',
      'permissions.1 THIRD_PARTY_ONLY ERROR',
      'permissions.2 PERMISSION_MALFORMED ERROR',
      'permissions.5 GOVERNMENT_ONLY WARNING',
      'permissions.4 PERMISSION_REPEATED ERROR',
    ]);
    const many = Array.from({ length: 201 }, (_, index) => `new:code:n${index}`);
    expect(rejectionOf(requestPermissions(made, command(many), at(1)))?.violations?.[0]?.code).toBe('PERMISSIONS_TOO_MANY');
  });

  it('takes a code that the catalogue lacks, and one that only a person can see, with a warning each', () => {
    const decided = requestPermissions(made, command(['brand:new:code', 'person:groupchat-join-way']), at(1));
    expect(decided).toMatchObject({
      ok: true,
      value: {
        next: { requests: [{ codes: ['brand:new:code'], personItems: ['person:groupchat-join-way'] }] },
        warnings: [{ code: 'PERMISSION_UNKNOWN' }, { code: 'BY_PERSON_ONLY' }, { code: 'PAID' }],
      },
    });
  });

  it('keeps at most a hundred requests', () => {
    const set = Array.from({ length: 103 }).reduce<PermissionSet>((each, _, index) => ask(each, [TAG], at(index)), made);
    expect([set.requests.length, set.requests[0]?.number, lastRequestOf(set)?.number]).toEqual([100, 4, 103]);
  });
});

describe('an observation', () => {
  it('grants when exactly what was asked works, read after the request', () => {
    const decision = observePermissions(asked, { codes: [TAG, ACQUISITION, BASE], readAt: at(3), expiries: [] }, at(4));
    expect(typesOf(decision)).toEqual(['effective-changed', 'granted']);
    expect(decision?.next).toMatchObject({
      effective: { codes: [BASE, TAG, ACQUISITION].sort(), readAt: at(3), expiries: [] },
      requests: [{ state: 'GRANTED', end: { by: 'SIGNAL', at: at(3) } }],
      changes: [{ cause: 'FIRST_READING' }, { cause: 'GRANT', requestId: asked.requests[0]!.id }],
    });
  });

  it.each([
    ['not read after the request', [BASE, TAG, ACQUISITION], 2],
    ['of more than was asked', [BASE, TAG, ACQUISITION, CALENDAR], 3],
    ['of less than was asked', [TAG], 3],
  ] as const)('%s grants nothing: the request stays open', (_name, codes, hours) => {
    const set = see(asked, codes, at(hours));
    expect(openRequestOf(set)?.state).toBe('PENDING');
    expect(set.effective?.codes).toEqual([...codes].sort());
    expect(set.changes.at(-1)).toMatchObject({ requestId: null, cause: 'CORP_EDIT' });
  });

  it('grants an unchanged request by the next reading', () => {
    const set = ask(see(made, [BASE], at(1)), [BASE], at(2));
    const decision = observePermissions(set, { codes: [BASE], readAt: at(3), expiries: [] }, at(3));
    expect(typesOf(decision)).toEqual(['granted']);
    expect(decision?.next.changes).toHaveLength(1);
  });

  it('looks only at the coded part', () => {
    const set = ask(made, [TAG, 'person:customer-strategy'], at(1));
    expect(see(set, [TAG], at(2)).requests[0]).toMatchObject({ state: 'GRANTED', personItems: ['person:customer-strategy'] });
  });

  it('takes what worked before for no first confirmation', () => {
    const set = ask(see(made, [BASE], at(1)), [BASE, ACQUISITION], at(2));
    expect(openRequestOf(see(set, [BASE], at(3)))?.state).toBe('PENDING');
    // So a person may record both confirmations at once.
    const decided = recordSecondConfirmation(set, { person: 'admin-1' }, at(4));
    expect(decided.ok && typesOf(decided.value)).toEqual(['second-confirmation', 'granted']);
    expect(accepted(decided).requests[0]?.end).toMatchObject({ by: 'PERSON', person: 'admin-1' });
    expect(accepted(decided).effective?.codes).toEqual([BASE]);
  });

  it('refuses a second confirmation where none is needed', () => {
    const decided = recordSecondConfirmation(ask(made, [TAG], at(1)), { person: 'admin-1' }, at(2));
    expect(rejectionOf(decided)?.text.zh).toBe('该申请无需二次确认');
  });

  it('of an older read, or of the same one again, changes nothing', () => {
    const set = see(made, [TAG], at(2));
    expect(observePermissions(set, { codes: [], readAt: at(1), expiries: [] }, at(3))).toBeNull();
    expect(observePermissions(set, { codes: [], readAt: at(2), expiries: [] }, at(3))).toBeNull();
  });

  it('tells never observed from empty', () => {
    expect(made.effective).toBeNull();
    expect(see(made, [], at(1))).toMatchObject({ effective: { codes: [] }, changes: [{ cause: 'FIRST_READING' }] });
  });

  it.each([
    ['REVOCATION', [BASE]],
    ['CORP_EDIT', [BASE, CALENDAR]],
    ['CORP_EDIT', [BASE, TAG, CALENDAR]],
  ] as const)('is logged as %s without a request', (cause, codes) => {
    const set = see(see(made, [BASE, TAG], at(1)), codes, at(2));
    expect(set.changes.at(-1)).toMatchObject({ number: 2, cause, requestId: null, readAt: at(2) });
  });

  it('recognises a late grant while a newer request is open', () => {
    const set = setIn('SUPERSEDED');
    const decision = observePermissions(set, { codes: [BASE, TAG, ACQUISITION], readAt: at(4), expiries: [] }, at(4));
    expect(typesOf(decision)).toEqual(['effective-changed', 'late-grant']);
    expect(decision?.next.requests.map(({ state, lateGrantedAt }) => [state, lateGrantedAt])).toEqual([
      ['SUPERSEDED', at(4)],
      ['PENDING', null],
    ]);
    expect(decision?.next.changes.at(-1)).toMatchObject({ cause: 'LATE_GRANT', requestId: set.requests[0]!.id });
  });
});

describe('a decline', () => {
  it('leaves the set as it was before the request', () => {
    const set = decline(asked, at(3));
    expect(set.effective?.codes).toEqual([BASE]);
    expect(openRequestOf(set)).toBeNull();
  });

  it('refuses a note that is too long', () => {
    const decided = declineRequest(asked, { person: 'a', note: '长'.repeat(501) }, at(3));
    expect(rejectionOf(decided)?.violations?.map(({ code }) => code)).toEqual(['NOTE_LENGTH']);
  });
});

describe('a reminder', () => {
  it('comes once, when it is due, and guesses no end', () => {
    expect(markStale(asked, at(73))).toBeNull();
    const decision = markStale(asked, at(74))!;
    expect(typesOf(decision)).toEqual(['stale']);
    expect(openRequestOf(decision.next)).toMatchObject({ state: 'PENDING', stale: true });
    expect([remindAtOf(asked), remindAtOf(decision.next), markStale(decision.next, at(99))]).toEqual([at(74), null, null]);
  });

  it('is not due once the request has ended', () => {
    expect(remindAtOf(decline(asked, at(3)))).toBeNull();
  });
});

describe('a cancelled corp', () => {
  it('voids what was asked for, once', () => {
    const decision = cancelSet(asked, at(5));
    expect(typesOf(decision)).toEqual(['void', 'cancelled']);
    expect(cancelSet(decision!.next, at(6))).toBeNull();
    expect(rejectionOf(requestPermissions(decision!.next, command([TAG]), at(6)))?.details).toEqual({ reason: 'CANCELLED' });
    expect(observePermissions(decision!.next, { codes: [TAG], readAt: at(6), expiries: [] }, at(6))).toBeNull();
  });

  it('leaves nothing of its own after the erasure', () => {
    const declined = accepted(declineRequest(asked, { person: 'a', note: '客户说先不开' }, at(3)));
    const erased = eraseSet(cancelSet(declined, at(4))!.next, at(4))!.next;
    expect(erased).toMatchObject({ corpId: '', effective: null, changes: [], erased: { changes: 1, notes: 1 } });
    expect(JSON.stringify(erased)).not.toMatch(/wpABC|先不开/);
    const kept: Partial<PermissionRequest> = { state: 'DECLINED', codes: [BASE, TAG, ACQUISITION].sort() };
    expect(erased.requests[0]).toMatchObject(kept);
    expect(eraseSet(erased, at(5))).toBeNull();
    expect(endSet(erased, at(5))).toBeNull();
    expect(endSet(declined, at(4))).toEqual({ next: erased, facts: [{ type: 'permission.cancelled' }, { type: 'permission.erased' }] });
  });
});
