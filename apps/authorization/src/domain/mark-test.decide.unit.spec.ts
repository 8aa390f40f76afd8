import { lastEpoch, type Authorization, type EnvironmentBasis } from './authorization';
import { cancelEpoch, grantAgain, grantFirst, observe, type Grant } from './authorization.decide';
import { markTest } from './mark-test.decide';

const start = new Date('2026-03-02T09:00:00.000Z');
const at = (sec: number): Date => new Date(start.getTime() + sec * 1000);

const grantOf = (causedAtSec: number, environmentBasis: Grant['environmentBasis']): Grant => ({
  exchangeId: `exchange-${causedAtSec}`,
  sealedPermanentCode: `sealed-${causedAtSec}`,
  causedAt: at(causedAtSec),
  linkState: null,
  environment: 'FORMAL',
  environmentBasis,
  corpName: '示例企业',
});
const identity = { id: 'a1', publisherId: 'p1', templateId: 't1', suiteId: 'dk1', corpId: 'wpCorp' };
const undecided = grantFirst(identity, grantOf(0, 'UNDECIDED'), at(1)).next;
const withStatus = (publishStatus: number): Authorization =>
  observe(undecided, { epoch: 1, acceptedCode: 'sealed-0', beganAt: at(2), routineAt: at(999) }, { publishStatus }, at(2))!.next;
const cancelled = cancelEpoch(undecided, { epoch: 1, sealedPermanentCode: 'sealed-0' }, at(5), at(5))!.next;

const mark = (authorization: Authorization, hasBegun = false) =>
  markTest(authorization, { person: 'developer-1', hasBegun }, at(10));
const marked = (authorization: Authorization): Authorization => {
  const decided = mark(authorization);
  return decided.ok ? decided.value.next : authorization;
};
const reasonOf = (decided: ReturnType<typeof mark>) => (decided.ok ? null : decided.error.details?.['reason']);

describe('marking a test', () => {
  it('makes an undecided epoch TEST and remembers who said so', () => {
    const decided = mark(undecided);

    expect(decided.ok && decided.value.facts).toEqual([{ type: 'authorization.marked-test' }]);
    expect(lastEpoch(marked(undecided))).toMatchObject({
      ...{ environment: 'TEST', environmentBasis: 'PERSON' },
      environmentMark: { markedBy: 'developer-1', markedAt: at(10) },
    });
  });

  it.each([
    ['was compared with the list', grantFirst(identity, grantOf(0, 'LIST'), at(1)).next, false, 'DECIDED_BY_LIST'],
    ['was marked', marked(undecided), false, 'DECIDED_BY_PERSON'],
    ['has its app begun here', undecided, true, 'APP_BEGUN'],
    ['has its app begun in the console', withStatus(1), false, 'APP_BEGUN'],
    ['has its app to be developed', withStatus(0), false, null],
    ['was cancelled', cancelled, false, 'CANCELLED'],
  ] as const)('of one that %s', (_name, authorization, hasBegun, reason) => {
    const decided = mark(authorization, hasBegun);

    expect(reasonOf(decided)).toBe(reason);
    expect(decided.ok || decided.error.code).toBe(reason === null ? true : 'INVALID_STATE');
  });

  it('says why in both languages', () => {
    const texts = [marked(undecided), withStatus(1), cancelled].map((one) => {
      const decided = mark(one);
      return decided.ok ? null : [decided.error.text.zh, decided.error.text.en];
    });

    expect(new Set(texts.flat()).size).toBe(6);
  });

  it('ends with the epoch: the next one is decided anew, the marked one stays as it was', () => {
    const test = marked(undecided);
    const closed = cancelEpoch(test, { epoch: 1, sealedPermanentCode: 'sealed-0' }, at(20), at(20))!.next;
    const again = grantAgain(closed, grantOf(30, 'UNDECIDED'), 'CANCELLED', at(31))!.next;

    const bases = again.epochs.map(({ environment, environmentBasis }): [string, EnvironmentBasis] => [environment, environmentBasis]);
    expect(bases).toEqual([
      ['TEST', 'PERSON'],
      ['FORMAL', 'UNDECIDED'],
    ]);
  });

  it('survives a further scan of the live epoch, whatever that one finds', () => {
    const rotated = grantAgain(marked(undecided), grantOf(30, 'LIST'), 'WORK', at(31))!.next;

    expect(lastEpoch(rotated)).toMatchObject({ epoch: 1, environment: 'TEST', environmentBasis: 'PERSON' });
  });
});
