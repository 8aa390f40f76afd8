import { cancelSet } from './close-set.decide';
import { expirePermissions, nextExpiryOf } from './expiry';
import { observePermissions } from './observe.decide';
import { makeSet, requestPermissions } from './permission-set.decide';
import type { PermissionSet } from './permission-set';

const HOUR_MS = 3_600_000;
const start = new Date('2026-03-02T09:00:00.000Z');
const at = (hours: number): Date => new Date(start.getTime() + hours * HOUR_MS);

const BASE = 'externalcontact:base:base';
const CONVERSION = 'externalcontact:customer_acquisition:conversion_data';
const LINK = 'externalcontact:customer_acquisition:link';

const identity = { publisherId: 'p1', templateId: 't1', authorizationId: 'a1', suiteId: 'dk1', corpId: 'wp1', epoch: 1 };
const made = makeSet({ ...identity, id: 'app-1' }, start).next;
const ending = (code: string, hours: number) => ({ code, expiresAt: at(hours) });
const see = (
  set: PermissionSet,
  codes: readonly string[],
  expiries: ReadonlyArray<ReturnType<typeof ending>>,
  { readAt, now = readAt }: { readonly readAt: Date; readonly now?: Date },
) => observePermissions(set, { codes, expiries, readAt }, now);
const set = see(made, [BASE, CONVERSION, LINK], [ending(CONVERSION, 10), ending(LINK, 20)], { readAt: at(1) })!.next;

describe('what ends by itself', () => {
  it('is due at the first end, and no more once the corp has cancelled', () => {
    expect(nextExpiryOf(set)).toEqual(at(10));
    expect(nextExpiryOf(made)).toBeNull();
    expect(nextExpiryOf(cancelSet(set, at(2))!.next)).toBeNull();
  });

  it('is taken away at its date, and logged with it', () => {
    expect(expirePermissions(set, at(9.99))).toBeNull();
    const { next, facts } = expirePermissions(set, at(10.5))!;
    expect(facts).toEqual([{ type: 'permission.effective-changed' }]);
    expect(next.effective).toEqual({ codes: [BASE, LINK], readAt: at(1), expiries: [ending(LINK, 20)] });
    expect(next.changes.at(-1)).toEqual({
      ...{ number: 2, cause: 'EXPIRY', requestId: null, added: [], removed: [CONVERSION], readAt: at(10) },
    });
    expect(expirePermissions(next, at(11))).toBeNull();
    expect(expirePermissions(cancelSet(set, at(2))!.next, at(30))).toBeNull();
  });

  it('leaves an open request as it is: only a reading answers', () => {
    const command = {
      ...{ requestId: 'r1', permissions: [BASE, LINK], requestedBy: 'developer-1', remindAfterMs: HOUR_MS },
      idempotency: { key: 'k', fingerprint: 'f' },
    };
    const asked = requestPermissions(set, command, at(2));
    const open = asked.ok ? asked.value.next : set;
    const expired = expirePermissions(open, at(10))!.next;
    expect(expired.requests[0]?.state).toBe('PENDING');
    expect(see(expired, [BASE, LINK], [ending(LINK, 20)], { readAt: at(11) })!.next.requests[0]?.state).toBe('GRANTED');
  });

  it('does not come back by a reading that still lists it', () => {
    const expired = expirePermissions(set, at(10))!.next;
    const again = see(expired, [BASE, CONVERSION, LINK], [ending(CONVERSION, 10), ending(LINK, 20)], { readAt: at(12) })!;
    expect(again.facts).toEqual([]);
    expect(again.next.effective?.codes).toEqual([BASE, LINK]);
    const late = see(made, [BASE, CONVERSION], [ending(CONVERSION, 10)], { readAt: at(9), now: at(10) })!.next;
    expect(late.effective).toMatchObject({ codes: [BASE], expiries: [] });
  });

  it('works on when the corp renews it, before or after its end', () => {
    const renewed = see(set, [BASE, CONVERSION, LINK], [ending(CONVERSION, 30)], { readAt: at(5) })!;
    expect(renewed.facts).toEqual([]);
    expect(expirePermissions(renewed.next, at(20))).toBeNull();
    const after = see(expirePermissions(set, at(10))!.next, [BASE, CONVERSION, LINK], [], { readAt: at(12) })!.next;
    expect(after.effective?.codes).toEqual([BASE, CONVERSION, LINK]);
    expect(after.changes.at(-1)).toMatchObject({ cause: 'CORP_EDIT', added: [CONVERSION] });
  });
});
