import { lastEpoch, liveEpoch, type Authorization, type Reading } from './authorization';
import {
  cancelEpoch as cancelCredentials,
  grantAgain,
  grantFirst,
  hasTakenIn,
  observe as observeAt,
  suspectCancelled,
  type Grant,
} from './authorization.decide';
import { endLaunch, expectLaunch, planReread, planRereadBy, retryReread } from './reread.decide';

const start = new Date('2026-03-02T09:00:00.000Z');
const ROUTINE = new Date('2026-03-03T09:00:00.000Z');
const at = (sec: number): Date => new Date(start.getTime() + sec * 1000);

const grantOf = (causedAtSec: number, secret = `sealed-${causedAtSec}`): Grant => ({
  exchangeId: `exchange-${causedAtSec}`,
  sealedPermanentCode: secret,
  causedAt: at(causedAtSec),
  linkState: 'link',
  environment: 'FORMAL',
  environmentBasis: 'UNDECIDED',
  corpName: '示例企业',
});

/** Of whatever secret that epoch has now. */
const cancelEpoch = (from: Authorization, epoch: number, when: Date) => {
  const { sealedPermanentCode } = from.epochs.find((one) => one.epoch === epoch)!;
  return cancelCredentials(from, { epoch, sealedPermanentCode }, when, when);
};
const observe = (from: Authorization, epoch: number, seen: Reading, beganAt: Date) =>
  observeAt(from, { epoch, acceptedCode: lastEpoch(from).sealedPermanentCode ?? '', beganAt, routineAt: ROUTINE }, seen, beganAt);

const identity = { id: 'a1', publisherId: 'p1', templateId: 't1', suiteId: 'dk1', corpId: 'wpCorp' };
const granted = grantFirst(identity, grantOf(0), at(1)).next;
const cancelled = cancelEpoch(granted, 1, at(10))!.next;

const reading: Reading = {
  agent: { agentId: 7, name: 'CRM', description: '', homeUrl: '', redirectDomain: '', squareLogoUrl: '' },
  permissions: ['b', 'a'],
  publishStatus: 0,
  scope: { users: 1, parties: 0, tags: 0, hash: 'h1' },
  enabled: true,
};
const types = (decision: { facts: readonly { type: string }[] } | null) => decision?.facts.map((fact) => fact.type);

describe('authorization: grants', () => {
  it('opens epoch 1, active and due to be read', () => {
    expect(types(grantFirst(identity, grantOf(0), at(1)))).toEqual(['authorization.granted']);
    expect(lastEpoch(granted)).toMatchObject({ epoch: 1, status: 'ACTIVE', enabled: true, mode: 'ADMIN' });
    expect(granted.reread.dueAt).toEqual(at(1));
    expect(granted.corp?.name).toBe('示例企业');
  });

  it('remembers whose answers it took in, over all epochs', () => {
    const second = grantAgain(cancelled, grantOf(20), 'CANCELLED', at(21))!.next;
    const rotated = grantAgain(second, grantOf(30), 'WORK', at(31))!.next;

    expect(['exchange-0', 'exchange-20', 'exchange-30', 'exchange-40'].map((id) => hasTakenIn(rotated, id))).toEqual([
      true,
      true,
      true,
      false,
    ]);
  });

  it('opens epoch 2 after a cancellation and leaves epoch 1 as it was', () => {
    const decision = grantAgain(cancelled, grantOf(20), 'CANCELLED', at(21))!;

    expect(types(decision)).toEqual(['authorization.granted']);
    expect(decision.next.epochs.map(({ epoch, status }) => [epoch, status])).toEqual([
      [1, 'CANCELLED'],
      [2, 'ACTIVE'],
    ]);
    expect(decision.next.epochs[0]).toEqual(cancelled.epochs[0]);
  });

  it('rotates the credentials while the old ones work', () => {
    const decision = grantAgain(granted, grantOf(20), 'WORK', at(21))!;

    expect(types(decision)).toEqual(['authorization.rotated']);
    expect(decision.next.epochs).toHaveLength(1);
    expect(lastEpoch(decision.next)).toMatchObject({ sealedPermanentCode: 'sealed-20', credentialsCausedAt: at(20) });
  });

  it('keeps the replaced secret until WeCom has taken the new one', () => {
    const rotated = grantAgain(granted, grantOf(20), 'WORK', at(21))!.next;
    const readWith = (acceptedCode: string) =>
      lastEpoch(observeAt(rotated, { epoch: 1, acceptedCode, beganAt: at(22), routineAt: ROUTINE }, reading, at(22))!.next);

    expect(lastEpoch(granted).replacedPermanentCode).toBeNull();
    expect(lastEpoch(rotated).replacedPermanentCode).toBe('sealed-0');
    expect(readWith('sealed-0').replacedPermanentCode).toBe('sealed-0');
    expect(readWith('sealed-20').replacedPermanentCode).toBeNull();
  });

  it('keeps of two replaced secrets the one that has worked', () => {
    const twice = grantAgain(grantAgain(granted, grantOf(20), 'WORK', at(21))!.next, grantOf(30), 'WORK', at(31))!.next;

    expect(lastEpoch(twice)).toMatchObject({ sealedPermanentCode: 'sealed-30', replacedPermanentCode: 'sealed-0' });
    expect(lastEpoch(cancelEpoch(twice, 1, at(40))!.next)).toMatchObject({ sealedPermanentCode: null, replacedPermanentCode: null });
  });

  it('closes an epoch whose credentials WeCom no longer takes and opens the next', () => {
    const decision = grantAgain(granted, grantOf(20), 'CANCELLED', at(21))!;

    expect(types(decision)).toEqual(['authorization.cancelled', 'authorization.granted']);
    expect(decision.next.epochs[0]).toMatchObject({ status: 'CANCELLED', sealedPermanentCode: null });
    expect(liveEpoch(decision.next)?.epoch).toBe(2);
  });

  it.each(['WORK', 'CANCELLED'] as const)('ignores the late answer of an older event (old credentials: %s)', (old) => {
    const rotated = grantAgain(granted, grantOf(20), 'WORK', at(21))!.next;

    expect(grantAgain(rotated, grantOf(10), old, at(22))).toBeNull();
  });
});

describe('authorization: cancellation', () => {
  it('destroys the secret and the corp facts', () => {
    expect(lastEpoch(cancelled)).toMatchObject({ status: 'CANCELLED', sealedPermanentCode: null, enabled: false });
    expect(cancelled.corp).toBeNull();
    expect(cancelled.reread).toEqual({ dueAt: null, followUpAt: null, failures: 0, launch: null });
  });

  it('of epoch 1 does not touch epoch 2', () => {
    const second = grantAgain(cancelled, grantOf(20), 'CANCELLED', at(21))!.next;

    expect(cancelEpoch(second, 1, at(30))).toBeNull();
  });

  it('happens once', () => {
    expect(cancelEpoch(cancelled, 1, at(30))).toBeNull();
  });

  it('does not follow from what WeCom said of replaced credentials', () => {
    const rotated = grantAgain(granted, grantOf(20), 'WORK', at(21))!.next;
    const asked = { epoch: 1, sealedPermanentCode: 'sealed-0' };

    expect(cancelCredentials(rotated, asked, at(22), at(22))).toBeNull();
    expect(suspectCancelled(rotated, asked, at(22))).toBeNull();
  });
});

describe('authorization: suspicion', () => {
  const asked = { epoch: 1, sealedPermanentCode: 'sealed-0' };
  const suspected = suspectCancelled(granted, asked, at(10))!.next;

  it('is a plan to ask again three seconds later', () => {
    expect(types(suspectCancelled(granted, asked, at(10)))).toEqual([]);
    expect(lastEpoch(suspected)).toMatchObject({ status: 'ACTIVE', suspectSince: at(10) });
    expect(suspected.reread.dueAt).toEqual(at(13));
  });

  it('is not confirmed by a check that comes too soon', () => {
    const soon = suspectCancelled(suspected, asked, at(12))!.next;

    expect(lastEpoch(soon)).toMatchObject({ status: 'ACTIVE', suspectSince: at(10) });
    expect(soon.reread.dueAt).toEqual(at(13));
  });

  it('becomes a cancellation when WeCom refuses a second time', () => {
    const decision = suspectCancelled(suspected, asked, at(13))!;

    expect(types(decision)).toEqual(['authorization.cancelled']);
    expect(lastEpoch(decision.next)).toMatchObject({ status: 'CANCELLED', sealedPermanentCode: null });
  });

  it('ends when WeCom takes the secret after all', () => {
    const seen = observe(suspected, 1, reading, at(13))!.next;

    expect(lastEpoch(seen).suspectSince).toBeNull();
    expect(lastEpoch(suspectCancelled(seen, asked, at(20))!.next).status).toBe('ACTIVE');
  });
});

describe('authorization: observation', () => {
  const observed = observe(granted, 1, reading, at(2))!.next;

  it('announces what it saw', () => {
    expect(types(observe(granted, 1, reading, at(2)))).toEqual(['authorization.observed']);
    expect(lastEpoch(observed).observation.permissions).toEqual({ value: ['a', 'b'], readAt: at(2) });
  });

  it('announces nothing when nothing has changed', () => {
    expect(types(observe(observed, 1, reading, at(3)))).toEqual([]);
  });

  it('keeps a part that could not be read', () => {
    const next = observe(observed, 1, { enabled: false }, at(3))!.next;

    expect(lastEpoch(next)).toMatchObject({ enabled: false, disabledReason: 'BY_CORP' });
    expect(lastEpoch(next).observation.permissions?.value).toEqual(['a', 'b']);
  });

  it('drops a part whose read began before the stored one', () => {
    const unread = observe(granted, 1, { permissions: ['a', 'b'] }, at(2))!.next;
    const next = observe(unread, 1, { permissions: [] }, at(1))!.next;

    expect(lastEpoch(next).observation.permissions?.value).toEqual(['a', 'b']);
  });

  it('keeps when permissions end, in any order, and announces another end', () => {
    const [first, second] = [at(1000), at(2000)];
    const ending = (expiries: Reading['expiries']): Reading => ({ ...reading, ...(expiries && { expiries }) });
    const seen = observe(granted, 1, ending([{ code: 'b', expiresAt: first }, { code: 'a', expiresAt: first }]), at(2))!.next;

    expect(lastEpoch(seen).observation.expiries?.value.map(({ code }) => code)).toEqual(['a', 'b']);
    const same = ending([{ code: 'a', expiresAt: first }, { code: 'b', expiresAt: first }]);
    expect(types(observe(seen, 1, same, at(3)))).toEqual([]);
    const renewed = observe(seen, 1, ending([{ code: 'a', expiresAt: first }, { code: 'b', expiresAt: second }]), at(3));
    expect(types(renewed)).toEqual(['authorization.observed']);
    expect(types(observe(seen, 1, ending([]), at(3)))).toEqual(['authorization.observed']);
    expect(types(observe(observed, 1, ending([]), at(3)))).toEqual([]);
  });

  it('of a read that a later one has overtaken is dropped whole', () => {
    expect(observe(observed, 1, { enabled: false }, at(1))).toBeNull();
  });

  it('says why WeCom stopped the app', () => {
    const stopped = observe(observed, 1, { enabled: false, disabledReason: 'INACTIVE' }, at(3))!.next;
    const back = observe(stopped, 1, { enabled: true }, at(4))!.next;

    expect(lastEpoch(stopped).disabledReason).toBe('INACTIVE');
    expect(lastEpoch(back)).toMatchObject({ enabled: true, disabledReason: null });
  });

  it('of an epoch that is not live is dropped', () => {
    const second = grantAgain(cancelled, grantOf(20), 'CANCELLED', at(21))!.next;

    expect(observe(cancelled, 1, reading, at(30))).toBeNull();
    expect(observe(second, 1, reading, at(30))).toBeNull();
  });
});

describe('authorization: reading again', () => {
  const planned = (from: Authorization, sec: number) => planReread(from, at(sec))!.next;
  const calm = observe(granted, 1, reading, at(2))!.next;

  it('is planned once for many events and follows two seconds after the last', () => {
    const twice = planned(planned(calm, 10), 11);

    expect(twice.reread).toEqual({ dueAt: new Date(at(10).getTime() + 200), followUpAt: at(13), failures: 0, launch: null });
  });

  it('comes once more after the first read, then not before the routine', () => {
    const afterFirst = observe(planned(calm, 10), 1, reading, at(11))!.next;
    const afterSecond = observe(afterFirst, 1, reading, at(13))!.next;

    expect(afterFirst.reread).toEqual({ dueAt: at(12), followUpAt: at(12), failures: 0, launch: null });
    expect(afterSecond.reread).toEqual({ dueAt: ROUTINE, followUpAt: null, failures: 0, launch: null });
  });

  it('still follows when a read for another reason comes before', () => {
    const afterFirst = observe(planned(planned(calm, 10), 12), 1, reading, at(13))!.next;
    const asked = planRereadBy(afterFirst, at(13), at(13))!.next;
    const afterAsked = observe(asked, 1, reading, at(13))!.next;

    expect(asked.reread.dueAt).toEqual(at(13));
    expect(afterAsked.reread).toEqual({ dueAt: at(14), followUpAt: at(14), failures: 0, launch: null });
  });

  it('is kept for an event that came while WeCom was being read', () => {
    const next = observe(planned(calm, 10), 1, reading, at(9))!.next;

    expect(next.reread.dueAt).toEqual(new Date(at(10).getTime() + 200));
  });

  it('is not planned without a live epoch', () => {
    expect(planReread(cancelled, at(12))).toBeNull();
    expect(planRereadBy(cancelled, at(12), at(12))).toBeNull();
    expect(retryReread(cancelled, at(12), at(12))).toBeNull();
  });

  it('waits longer each time WeCom cannot be asked, and an event brings it forward', () => {
    const once = retryReread(planned(calm, 10), at(11), at(11))!.next;
    const twice = retryReread(once, at(12), at(12))!.next;

    expect([once.reread.dueAt, twice.reread.dueAt]).toEqual([at(12), at(14)]);
    expect(planned(twice, 12).reread).toMatchObject({ dueAt: new Date(at(12).getTime() + 200), failures: 0, launch: null });
  });

  it('comes back to what could not be read', () => {
    const partly = observe(planned(calm, 10), 1, { ...reading, isPartial: true }, at(11))!.next;

    expect(partly.reread).toMatchObject({ dueAt: at(12), failures: 1 });
  });

  it('is due at once when a person asks', () => {
    expect(planRereadBy(calm, at(20), at(20))?.next.reread.dueAt).toEqual(at(20));
  });

  it('that a person asks for is not done by a read that began before', () => {
    const asked = planRereadBy(granted, at(3), at(3))!.next;

    expect(observe(asked, 1, reading, at(2))!.next.reread.dueAt).toEqual(at(3));
    expect(observe(asked, 1, reading, at(3))!.next.reread.dueAt).toEqual(ROUTINE);
  });
});

describe('authorization: a launch', () => {
  const item = { itemId: 'item-1', epoch: 1, requestedAt: at(100) };
  const online: Reading = { ...reading, publishStatus: 2 };
  const calm = observe(granted, 1, reading, at(2))!.next;
  const expected = expectLaunch(calm, item, at(101))!.next;

  it('is looked for at once, then later and later, until the status shows it', () => {
    const first = observe(expected, 1, reading, at(101))!.next;
    const second = observe(first, 1, reading, at(103))!.next;
    const decision = observe(second, 1, online, at(107))!;

    expect([expected, first, second].map(({ reread }) => reread.dueAt)).toEqual([at(101), at(103), at(107)]);
    expect(second.reread.launch).toEqual({ itemId: 'item-1', requestedAt: at(100), polls: 2 });
    expect(types(decision)).toEqual(['authorization.observed']);
    expect(decision.next.reread).toEqual({ dueAt: ROUTINE, followUpAt: null, failures: 0, launch: null });
  });

  it.each([
    ['0 待开发', 0, 101, false],
    ['1 开发中', 1, 101, false],
    ['2 已上线', 2, 101, true],
    ['2 已上线, read in the moment of the request', 2, 100, false],
    ['3 已上线 with a newer version', 3, 101, false],
  ])('with status %s is seen or not', (_name, publishStatus, readSec, isSeen) => {
    const next = observe({ ...expected, reread: { ...expected.reread, dueAt: at(readSec) } }, 1, { ...reading, publishStatus }, at(readSec))!.next;

    expect(next.reread.launch === null).toBe(isSeen);
  });

  it('of a status that was 2 before is announced all the same: it was read after the request', () => {
    const before = observe(granted, 1, online, at(2))!.next;
    const decision = observe(expectLaunch(before, item, at(101))!.next, 1, online, at(101));

    expect(types(decision)).toEqual(['authorization.observed']);
    expect(types(observe(decision!.next, 1, online, at(200)))).toEqual([]);
  });

  it('waits five minutes at most between two looks', () => {
    const polls = { ...expected, reread: { ...expected.reread, launch: { ...item, polls: 30 } } };

    expect(observe(polls, 1, reading, at(101))!.next.reread.dueAt).toEqual(at(401));
  });

  it('is not looked for any more when the item is not LAUNCHING, and another item ends nothing', () => {
    expect(endLaunch(expected, 'item-1', at(110))?.next.reread.launch).toBeNull();
    expect(endLaunch(expected, 'item-2', at(110))).toBeNull();
    expect(endLaunch(calm, 'item-1', at(110))).toBeNull();
  });

  it('is expected once, again when it is asked for again, and only of the live epoch', () => {
    expect(expectLaunch(expected, item, at(102))).toBeNull();
    expect(expectLaunch(expected, { ...item, requestedAt: at(200) }, at(201))?.next.reread.launch).toMatchObject({ polls: 0 });
    expect(expectLaunch(calm, { ...item, epoch: 2 }, at(101))).toBeNull();
    expect(expectLaunch(cancelled, item, at(101))).toBeNull();
  });

  it('survives a change_auth, a rotated secret and a suspicion', () => {
    const asked = { epoch: 1, sealedPermanentCode: 'sealed-0' };
    const after = [
      planReread(expected, at(102)),
      grantAgain(expected, grantOf(102), 'WORK', at(102)),
      suspectCancelled(expected, asked, at(102)),
      retryReread(expected, at(102), at(102)),
    ];

    expect(after.map((decision) => decision?.next.reread.launch?.itemId)).toEqual(Array(4).fill('item-1'));
    expect(cancelEpoch(expected, 1, at(102))!.next.reread.launch).toBeNull();
  });

  it('does not put off the second read after a change_auth', () => {
    const changed = planReread(observe(expected, 1, reading, at(101))!.next, at(102))!.next;
    const read = observe(changed, 1, reading, new Date(at(102).getTime() + 200))!.next;

    expect(read.reread).toMatchObject({ dueAt: at(104), followUpAt: at(104), launch: { polls: 2 } });
  });
});
