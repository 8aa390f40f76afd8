import { checkIpWhitelist } from './ip-addresses';

describe('checkIpWhitelist', () => {
  it.each([
    ['203.0.113.7', []],
    ['0.0.0.0', []],
    ['203.0.113.*', []],
    ['203.0.113.0/24', ['IP_UNCONFIRMED']],
    ['2001:db8::1', ['IP_UNCONFIRMED']],
    ['203.0.113.256', ['IP_FORMAT']],
    ['203.0.113', ['IP_FORMAT']],
    ['203.0.*.*', ['IP_FORMAT']],
    ['203.0.113.07', ['IP_FORMAT']],
    ['203.0.113.0/33', ['IP_FORMAT']],
    ['example.com', ['IP_FORMAT']],
    ['', ['IP_FORMAT']],
  ])('%j → %j', (entry, expected) => {
    expect(checkIpWhitelist('ipWhitelist', [entry]).map(({ code }) => code)).toEqual(expected);
  });

  it('refuses an entry that is listed twice and names its place', () => {
    expect(checkIpWhitelist('ipWhitelist', ['203.0.113.7', '203.0.113.8', '203.0.113.7'])).toMatchObject([
      { field: 'ipWhitelist.2', code: 'IP_REPEATED', severity: 'ERROR', given: '203.0.113.7' },
    ]);
  });
});
