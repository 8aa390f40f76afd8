import { claimOf, judgeApp, type CorpClaim } from './app-receive-id';
import { corpKeyOf, type CorpStanding } from './corp';

const SUITE = 'dkSuite';
const PROVIDER = 'wwProvider';
const CORP = 'wpCorp';
const expected = { suiteId: SUITE, providerCorpId: PROVIDER, ownCorpKey: null };

describe('the corp that a document speaks for', () => {
  it.each([
    // receiveid, ToUserName → the id that vouches
    [CORP, CORP, 'CORP_ID'],
    [SUITE, CORP, 'SUITE_ID'],
    [PROVIDER, CORP, 'PROVIDER_CORP_ID'],
    [PROVIDER, PROVIDER, 'CORP_ID'],
    [CORP, null, 'CORP_ID'],
    ['wpOther', CORP, 'REFUSED'],
    ['wpcorp', CORP, 'REFUSED'],
    ['', CORP, 'REFUSED'],
    ['', null, 'REFUSED'],
  ])('receiveid %s, ToUserName %s: %s', (receiveId, toUserName, matched) => {
    const claim = claimOf(expected, { receiveId, toUserName });
    expect(claim?.matched ?? 'REFUSED').toBe(matched);
    expect(claim?.corpId ?? null).toBe(matched === 'REFUSED' ? null : (toUserName ?? receiveId));
  });

  it('is none while the suite is not recorded', () => {
    expect(claimOf({ ...expected, suiteId: null }, { receiveId: CORP, toUserName: CORP })).toBeNull();
  });

  it.each([
    [CORP, CORP, true],
    [SUITE, CORP, true],
    ['wpOther', 'wpOther', false],
    [SUITE, 'wpOther', false],
    [PROVIDER, 'wpOther', false],
    ['wpcorp', 'wpcorp', false],
  ])('is the one of the endpoint of one app: receiveid %s, ToUserName %s: %s', (receiveId, toUserName, accepted) => {
    const own = { ...expected, ownCorpKey: corpKeyOf(SUITE, CORP) };
    expect(claimOf(own, { receiveId, toUserName }) !== null).toBe(accepted);
  });
});

describe('what becomes of a document', () => {
  const at = (time: string): Date => new Date(`2026-03-02T09:00:${time}Z`);
  const claim: CorpClaim = { suiteId: SUITE, corpId: CORP, corpKey: 'k', matched: 'CORP_ID', named: true };
  const active: CorpStanding = {
    corpKey: 'k',
    publisherId: 'p',
    templateId: 't',
    authorizationId: 'z',
    epoch: 1,
    active: true,
    cancelledAt: null,
  };
  const cancelled: CorpStanding = { ...active, active: false, cancelledAt: at('10.000') };
  const again: CorpStanding = { ...cancelled, active: true, epoch: 2 };
  const standings = { none: null, active, cancelled, again };

  it.each([
    // before the cancellation, in its second, after it
    ['none', ['PARKED', 'PARKED', 'PARKED']],
    ['active', ['ACCEPTED', 'ACCEPTED', 'ACCEPTED']],
    ['cancelled', ['DROPPED', 'DROPPED', 'PARKED']],
    ['again', ['DROPPED', 'DROPPED', 'ACCEPTED']],
  ] as const)('of a corp with the standing %s: %s', (standing, verdicts) => {
    const times = [at('09.000'), at('10.999'), at('11.000')];
    expect(times.map((time) => judgeApp(claim, standings[standing], time).verdict)).toEqual(verdicts);
  });

  it('says which id vouched, also of what is parked', () => {
    const judge = (matched: CorpClaim['matched'], standing: CorpStanding | null) =>
      judgeApp({ ...claim, matched }, standing, at('00.000'));
    expect(judge('SUITE_ID', active)).toMatchObject({ verdict: 'ACCEPTED', corpId: CORP, matched: 'SUITE_ID' });
    expect(judge('CORP_ID', null)).toMatchObject({ verdict: 'PARKED', matched: 'PARKED' });
    expect(judge('PROVIDER_CORP_ID', null)).toMatchObject({ verdict: 'PARKED', matched: 'PROVIDER_CORP_ID' });
  });

  it('parks nothing that names no corp inside', () => {
    expect(judgeApp({ ...claim, named: false }, null, at('00.000')).verdict).toBe('REFUSED');
    expect(judgeApp({ ...claim, named: false }, active, at('00.000')).verdict).toBe('ACCEPTED');
  });
});
