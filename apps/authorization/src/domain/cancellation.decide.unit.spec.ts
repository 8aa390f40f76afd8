import type { Cancellation } from './cancellation';
import {
  confirm,
  drop,
  keepWaiting,
  lookAgain,
  nextStep,
  notAsked,
  receiveCancellation,
  stillAccepted,
} from './cancellation.decide';
import { cancelEpoch, grantAgain, grantFirst, type Grant } from './authorization.decide';

const start = new Date('2026-03-02T09:00:00.000Z');
const at = (sec: number): Date => new Date(start.getTime() + sec * 1000);
const HOURS_24 = 86_400;

const cancellation = receiveCancellation(
  { id: 'event-1', publisherId: 'p1', templateId: 't1', suiteId: 'dk1', corpId: 'wpCorp', causedAt: at(10) },
  at(11),
);

const grantOf = (causedAtSec: number): Grant => ({
  exchangeId: `exchange-${causedAtSec}`,
  sealedPermanentCode: `sealed-${causedAtSec}`,
  causedAt: at(causedAtSec),
  linkState: null,
  environment: 'FORMAL',
  environmentBasis: 'UNDECIDED',
  corpName: '示例企业',
});
const identity = { id: 'a1', publisherId: 'p1', templateId: 't1', suiteId: 'dk1', corpId: 'wpCorp' };
const granted = grantFirst(identity, grantOf(0), at(1)).next;
const cancelledAt = (sec: number) =>
  cancelEpoch(granted, { epoch: 1, sealedPermanentCode: 'sealed-0' }, at(sec), at(sec))!.next;

describe('cancellation: what it means', () => {
  it.each([
    ['no authorization yet', null, 'WAIT'],
    ['a live epoch from before', granted, 'ASK'],
    ['a live epoch of the same second', grantFirst(identity, grantOf(10), at(11)).next, 'ASK'],
    ['a live epoch from after', grantFirst(identity, grantOf(11), at(12)).next, 'DROP'],
    ['a cancelled epoch', cancelledAt(10), 'DONE'],
    ['an epoch cancelled before the event', cancelledAt(5), 'WAIT'],
    ['a second epoch from after', grantAgain(cancelledAt(10), grantOf(20), 'CANCELLED', at(21))!.next, 'DROP'],
  ] as const)('with %s', (_name, authorization, expected) => {
    expect(nextStep(cancellation, authorization).kind).toBe(expected);
  });
});

describe('cancellation: how it goes on', () => {
  it('is looked at at once and kept for 24 hours', () => {
    expect(cancellation).toMatchObject({ status: 'WAITING', nextAttemptAt: at(11), keepUntil: at(11 + HOURS_24) });
  });

  it('waits for a grant, and is dropped after 24 hours', () => {
    expect(keepWaiting(cancellation, at(12)).next).toMatchObject({ status: 'WAITING', nextAttemptAt: at(612) });
    expect(keepWaiting(cancellation, at(11 + HOURS_24)).next).toMatchObject({ status: 'DROPPED', nextAttemptAt: null });
  });

  it.each([
    ['confirmed', confirm, 'CONFIRMED'],
    ['dropped', drop, 'DROPPED'],
  ] as const)('is over when %s', (_name, decide, status) => {
    const ended = decide(cancellation, at(12)).next;

    expect(ended).toMatchObject({ status, nextAttemptAt: null });
    expect(lookAgain(ended, at(20))).toBeNull();
  });

  it('forgets the corp when confirmed; a dropped one is about a corp that is still there', () => {
    expect(cancellation.corpId).not.toBe('');
    expect(confirm(cancellation, at(12)).next.corpId).toBe('');
    expect(drop(cancellation, at(12)).next.corpId).toBe(cancellation.corpId);
  });

  it('raises the alarm when WeCom still takes the secret after four spaced questions', () => {
    const asked: Cancellation[] = [];
    for (let current = cancellation; asked.length < 4; ) {
      current = stillAccepted(current, at(20)).next;
      asked.push(current);
    }

    expect(asked.map(({ alarm }) => alarm)).toEqual([false, false, false, true]);
    expect(asked.map(({ nextAttemptAt }) => nextAttemptAt)).toEqual([at(21), at(22), at(24), at(28)]);
    expect(asked.at(-1)?.status).toBe('WAITING');
  });

  it('destroys nothing when WeCom still takes the secret after 24 hours: a person has to look', () => {
    expect(stillAccepted(cancellation, at(11 + HOURS_24)).next).toMatchObject({ status: 'DROPPED', alarm: true });
  });

  it('asks again for as long as WeCom cannot be asked, with an alarm after ten minutes', () => {
    expect(notAsked(cancellation, at(12)).next).toMatchObject({ status: 'WAITING', alarm: false, attempts: 1 });
    expect(notAsked(cancellation, at(612)).next).toMatchObject({ status: 'WAITING', alarm: true });
    expect(notAsked({ ...cancellation, attempts: 30 }, at(12)).next.nextAttemptAt).toEqual(at(312));
  });

  it('is looked at again when a grant comes', () => {
    const waiting = keepWaiting(cancellation, at(12)).next;

    expect(lookAgain(waiting, at(20))?.next.nextAttemptAt).toEqual(at(20));
  });
});
