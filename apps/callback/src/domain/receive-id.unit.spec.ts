import { judgeReceiveId } from './receive-id';

const SUITE = 'dkSuite';
const CORP = 'wwProvider';

describe('the receiveid of an event', () => {
  it.each([
    // recorded suite, receiveid, inner SuiteId → verdict
    [SUITE, SUITE, SUITE, 'ACCEPTED SUITE_ID'],
    [SUITE, CORP, SUITE, 'ACCEPTED PROVIDER_CORP_ID'],
    [SUITE, SUITE, null, 'ACCEPTED SUITE_ID'],
    [SUITE, CORP, null, 'ACCEPTED PROVIDER_CORP_ID'],
    [null, SUITE, SUITE, 'PARKED PARKED'],
    [null, CORP, SUITE, 'PARKED PROVIDER_CORP_ID'],
    ['dkTypo', SUITE, SUITE, 'PARKED PARKED'],
    ['dkTypo', CORP, SUITE, 'PARKED PROVIDER_CORP_ID'],
    // The keys of one endpoint must not speak for the suite of another.
    [SUITE, SUITE, 'dkOther', 'REFUSED'],
    [null, SUITE, 'dkOther', 'REFUSED'],
    [null, SUITE, null, 'REFUSED'],
    [null, CORP, null, 'REFUSED'],
    [SUITE, 'wwSomebody', SUITE, 'REFUSED'],
    [SUITE, '', SUITE, 'REFUSED'],
    [SUITE, 'dksuite', SUITE, 'REFUSED'],
    [SUITE, 'wwprovider', SUITE, 'REFUSED'],
  ])('recorded %s, received %s, inner %s: %s', (suiteId, receiveId, innerSuiteId, expected) => {
    const verdict = judgeReceiveId({ suiteId, providerCorpId: CORP }, { receiveId, innerSuiteId });
    expect(verdict.verdict === 'REFUSED' ? 'REFUSED' : `${verdict.verdict} ${verdict.matched}`).toBe(expected);
  });

  it('matches no provider whose corp id is not known yet', () => {
    const verdict = judgeReceiveId({ suiteId: SUITE, providerCorpId: null }, { receiveId: CORP, innerSuiteId: SUITE });
    expect(verdict.verdict).toBe('REFUSED');
  });
});
