import { text } from '@daikaifa/kernel';
import type { Exchange, ExchangeOutcome } from './exchange';
import {
  beginAttempt,
  concludeAttempt,
  giveUp,
  keepUnreadable,
  markApplied,
  postpone,
  receiveCode,
} from './exchange.decide';

const received = new Date('2026-03-02T09:00:00.000Z');
const later = (ms: number): Date => new Date(received.getTime() + ms);

const fresh: Exchange = {
  id: 'exchange-1',
  publisherId: 'publisher-1',
  version: 0,
  createdAt: received,
  updatedAt: received,
  templateId: 'template-1',
  suiteId: 'dk1',
  source: 'create_auth',
  linkState: 'abc',
  causedAt: received,
  expiresAt: later(600_000),
  status: 'RECEIVED',
  failure: null,
  attempts: 0,
  attemptStartedAt: null,
  earlierAttemptOpen: false,
  sealedCode: 'sealed-code',
  sealedAnswer: null,
  errcode: null,
  errorText: null,
  nextAttemptAt: received,
  authorizationId: null,
  endedAt: null,
};

const begun = (from: Exchange, at: Date): Exchange => {
  const result = beginAttempt(from, at);
  if (!result.ok) {
    throw new Error(result.error);
  }
  return result.value.next;
};

describe('exchange', () => {
  it('writes the attempt down before the call', () => {
    const next = begun(fresh, later(10));

    expect(next).toMatchObject({ status: 'RECEIVED', attempts: 1, attemptStartedAt: later(10), sealedCode: 'sealed-code' });
  });

  it('keeps the first start over all attempts and comes due again by itself', () => {
    const second = begun({ ...begun(fresh, later(10)), nextAttemptAt: later(20) }, later(20));

    expect(second).toMatchObject({ attempts: 2, attemptStartedAt: later(10) });
    expect(second.nextAttemptAt!.getTime()).toBeGreaterThan(later(20).getTime());
  });

  it('is not tried before it is due', () => {
    expect(beginAttempt({ ...fresh, nextAttemptAt: later(50) }, later(10))).toEqual({ ok: false, error: 'NOT_DUE' });
  });

  const fault = { errcode: -1, text: text('错误', 'fault') };
  const first = begun(fresh, later(10));
  const second = begun({ ...first, nextAttemptAt: later(20) }, later(20));
  const conclude = (from: Exchange, outcome: ExchangeOutcome, at = later(30)): Exchange | undefined =>
    concludeAttempt(from, from.attempts, outcome, at)?.next;

  it.each<[string, Exchange, ExchangeOutcome, Partial<Exchange>]>([
    [
      'an answer',
      first,
      { kind: 'ANSWERED', sealedAnswer: 's' },
      { status: 'EXCHANGED', sealedAnswer: 's', sealedCode: null, failure: null, nextAttemptAt: later(30) },
    ],
    [
      '40078 at the first attempt',
      first,
      { kind: 'CODE_INVALID', ...fault, errcode: 40078 },
      { status: 'FAILED', failure: 'CODE_EXPIRED', sealedCode: null, endedAt: later(30), nextAttemptAt: null },
    ],
    [
      '40078 after an attempt whose end is unknown',
      second,
      { kind: 'CODE_INVALID', ...fault, errcode: 40078 },
      { status: 'FAILED', failure: 'CODE_CONSUMED', sealedCode: null, errcode: 40078 },
    ],
    [
      'a final refusal',
      first,
      { kind: 'REFUSED', ...fault, errcode: 40083 },
      { status: 'FAILED', failure: 'REFUSED', errcode: 40083, errorText: fault.text, sealedCode: null },
    ],
    [
      'no answer',
      first,
      { kind: 'UNKNOWN', ...fault },
      { status: 'RECEIVED', failure: null, sealedCode: 'sealed-code', attemptStartedAt: later(10) },
    ],
    [
      'being turned away before the code was looked at',
      first,
      { kind: 'NOT_SPENT', ...fault },
      { status: 'RECEIVED', sealedCode: 'sealed-code', attemptStartedAt: null },
    ],
    [
      'being turned away after an attempt whose end is unknown',
      second,
      { kind: 'NOT_SPENT', ...fault },
      { status: 'RECEIVED', sealedCode: 'sealed-code', attemptStartedAt: later(10) },
    ],
  ])('after %s', (_name, from, outcome, expected) => {
    expect(conclude(from, outcome)).toMatchObject(expected);
  });

  it('blames expiry, not use, when every earlier attempt was turned away', () => {
    const turnedAway = conclude(first, { kind: 'NOT_SPENT', ...fault })!;
    const again = begun({ ...turnedAway, nextAttemptAt: later(40) }, later(40));

    expect(conclude(again, { kind: 'CODE_INVALID', ...fault })?.failure).toBe('CODE_EXPIRED');
  });

  it('takes a late answer over a failure', () => {
    const consumed = conclude(second, { kind: 'CODE_INVALID', ...fault })!;

    const next = concludeAttempt(consumed, first.attempts, { kind: 'ANSWERED', sealedAnswer: 's' }, later(50))?.next;

    expect(next).toMatchObject({ status: 'EXCHANGED', failure: null, sealedAnswer: 's', endedAt: null });
  });

  it.each<ExchangeOutcome['kind']>(['CODE_INVALID', 'REFUSED', 'NOT_SPENT', 'UNKNOWN'])(
    'does not let %s of an older attempt or over an end count',
    (kind) => {
      const outcome = { kind, ...fault } as ExchangeOutcome;
      const answered = conclude(first, { kind: 'ANSWERED', sealedAnswer: 's' })!;
      const failed = conclude(first, { kind: 'REFUSED', ...fault })!;

      expect(concludeAttempt(second, first.attempts, outcome, later(50))).toBeNull();
      expect(concludeAttempt(answered, first.attempts, outcome, later(50))).toBeNull();
      expect(concludeAttempt(failed, first.attempts, outcome, later(50))).toBeNull();
    },
  );

  it('backs off twice as long after each unknown outcome, 30 seconds at most', () => {
    const waitAfter = (attempts: number): number =>
      conclude({ ...first, attempts }, { kind: 'UNKNOWN', ...fault }, received)!.nextAttemptAt!.getTime() -
      received.getTime();

    expect([1, 2, 3, 6, 20].map(waitAfter)).toEqual([1000, 2000, 4000, 30_000, 30_000]);
  });

  it('is no attempt without a token: it comes back soon, and says why', () => {
    const next = postpone(fresh, { ...fault, errcode: 40085 }, later(10))?.next;

    expect(next).toMatchObject({ attempts: 0, attemptStartedAt: null, errcode: 40085, nextAttemptAt: later(3010) });
    expect(postpone({ ...fresh, status: 'FAILED', nextAttemptAt: null }, fault, later(10))).toBeNull();
  });

  it.each<[string, Exchange, number, Partial<Exchange> | null]>([
    ['within ten minutes', fresh, 599_999, null],
    ['after ten minutes without an attempt', fresh, 600_000, { failure: 'CODE_EXPIRED', sealedCode: null }],
    ['after ten minutes, when WeCom may have answered', first, 700_000, null],
    ['a day later, when WeCom may have answered', first, 87_000_000, { failure: 'CODE_CONSUMED', sealedCode: null }],
    ['once it is exchanged', { ...fresh, status: 'EXCHANGED' }, 700_000, null],
    ['once it has failed', { ...fresh, status: 'FAILED' }, 700_000, null],
  ])('is given up or not %s', (_name, from, ms, expected) => {
    const next = giveUp(from, later(ms))?.next ?? null;

    expect(next).toEqual(expected === null ? null : expect.objectContaining({ ...expected, status: 'FAILED' }));
  });

  it('counts the ten minutes from the arrival', () => {
    const { id, publisherId, templateId, suiteId, source, linkState, causedAt } = fresh;
    const event = { id, publisherId, templateId, suiteId, source, linkState, causedAt, receivedAt: received };

    expect(receiveCode(event, 'sealed-code', received)).toEqual(fresh);
  });

  it('keeps an answer that it cannot read', () => {
    const answered = conclude(first, { kind: 'ANSWERED', sealedAnswer: 's' })!;

    expect(keepUnreadable(answered, later(40))?.next).toMatchObject({ status: 'EXCHANGED', sealedAnswer: 's' });
    expect(keepUnreadable(fresh, later(40))).toBeNull();
  });

  it('destroys the sealed answer once it is applied', () => {
    const answered = conclude(first, { kind: 'ANSWERED', sealedAnswer: 's' })!;

    const applied = markApplied(answered, 'authorization-1', later(40));

    expect(applied).toMatchObject({ ok: true, value: { next: { sealedAnswer: null, authorizationId: 'authorization-1', endedAt: later(40), nextAttemptAt: null } } });
  });

  it.each(['RECEIVED', 'FAILED'] as const)('cannot be applied when %s', (status) => {
    expect(markApplied({ ...fresh, status }, 'a', received)).toEqual({ ok: false, error: 'NOT_ANSWERED' });
  });

  it.each([
    ['EXCHANGED', 'ALREADY_ANSWERED'],
    ['FAILED', 'ALREADY_ENDED'],
  ] as const)('begins no attempt when %s', (status, error) => {
    expect(beginAttempt({ ...fresh, status }, received)).toEqual({ ok: false, error });
  });
});
