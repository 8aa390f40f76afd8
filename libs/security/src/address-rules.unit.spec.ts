import { isAppError } from '@daikaifa/kernel';
import { checkAddress, parseAllowedRanges, type AddressFamily } from './address-rules';

const nothing = parseAllowedRanges([]);

// Each refused range: its first and last address, and what lies inside.
const REFUSED: ReadonlyArray<readonly [AddressFamily, readonly string[]]> = [
  ['UNSPECIFIED', ['0.0.0.0', '0.1.2.3', '0.255.255.255', '::']],
  [
    'PRIVATE',
    [
      '10.0.0.0',
      '10.255.255.255',
      '172.16.0.0',
      '172.31.255.255',
      '192.168.0.0',
      '192.168.255.255',
      'fc00::1',
      'fd12:3456:789a::1',
      'fdff:ffff::1',
      'fec0::1',
      'feff::1',
    ],
  ],
  ['LOOPBACK', ['127.0.0.0', '127.0.0.1', '127.255.255.255', '::1', '0:0:0:0:0:0:0:1']],
  ['LINK_LOCAL', ['169.254.0.0', '169.254.1.1', '169.254.255.255', 'fe80::1', 'febf::1', 'fe80::1%eth0']],
  ['CGNAT', ['100.64.0.0', '100.100.0.1', '100.127.255.255']],
  [
    'METADATA',
    [
      '169.254.169.254',
      '169.254.170.2',
      '100.100.100.200',
      '168.63.129.16',
      '192.0.0.192',
      'fd00:ec2::254',
      'fd20:ce::254',
    ],
  ],
  ['MULTICAST', ['224.0.0.0', '239.255.255.255', 'ff02::1', 'ff0e::1']],
  ['DOCUMENTATION', ['192.0.2.1', '198.51.100.1', '203.0.113.255', '2001:db8::1', '3fff::1', '3fff:fff::1']],
  ['BENCHMARKING', ['198.18.0.0', '198.19.255.255', '2001:2::1']],
  ['IPV4_MAPPED', ['::ffff:127.0.0.1', '::ffff:7f00:1', '::ffff:8.8.8.8', '::ffff:169.254.169.254']],
  ['IPV4_COMPATIBLE', ['::7f00:1', '::10.0.0.1', '::8.8.8.8']],
  ['IPV4_TRANSLATED', ['::ffff:0:127.0.0.1', '::ffff:0:808:808']],
  ['NAT64', ['64:ff9b::7f00:1', '64:ff9b::8.8.8.8', '64:ff9b:1::a00:1', '64:ff9b:1:ffff::1']],
  ['SIX_TO_FOUR', ['2002:7f00:1::', '2002:a00:1::1', '2002:808:808::1', '192.88.99.1']],
  ['TEREDO', ['2001::1', '2001:0:4136:e378:8000:63bf:80ff:fffe']],
  ['ISATAP', ['2606:4700::5efe:7f00:1', '2606:4700::200:5efe:a00:1']],
  [
    'RESERVED',
    [
      '192.0.0.1',
      '192.0.0.255',
      '240.0.0.0',
      '255.255.255.254',
      '255.255.255.255',
      '2001:1::1',
      '2001:10::1',
      '2001:20::1',
      '2001:1ff::1',
      '100::1',
      '5f00::1',
      '1::1',
      '4000::1',
      '8000::1',
      'e000::1',
      'fe00::1',
    ],
  ],
  ['NOT_AN_ADDRESS', ['', 'localhost', '127.1', '0x7f000001', '2130706433', '127.0.0.1:80', '[::1]', '010.0.0.1']],
];

const PERMITTED = [
  '1.1.1.1',
  '8.8.8.8',
  '9.255.255.255',
  '11.0.0.0',
  '100.63.255.255',
  '100.128.0.0',
  '126.255.255.255',
  '128.0.0.0',
  '168.63.129.15',
  '168.63.129.17',
  '169.253.255.255',
  '169.255.0.0',
  '172.15.255.255',
  '172.32.0.0',
  '192.0.1.0',
  '192.167.255.255',
  '192.169.0.0',
  '198.17.255.255',
  '198.20.0.0',
  '223.255.255.255',
  '2001:200::1',
  '2001:4860:4860::8888',
  '2400:3200::1',
  '2606:4700::1111',
  '2a00::1',
  '3ffe:ffff::1',
];

describe('addresses of user-given URLs', () => {
  it.each(REFUSED.flatMap(([family, addresses]) => addresses.map((address) => [address, family] as const)))(
    'refuses %s as %s',
    (address, family) => {
      expect(checkAddress(address, nothing)).toEqual({ permitted: false, family });
    },
  );

  it.each(PERMITTED)('permits the public address %s', (address) => {
    expect(checkAddress(address, nothing)).toEqual({ permitted: true });
  });

  it('permits what a deployment opened, and nothing beside it', () => {
    const allowed = parseAllowedRanges(['10.1.0.0/16', 'fd12::/16', '127.0.0.1/32']);

    expect(checkAddress('10.1.255.255', allowed)).toEqual({ permitted: true });
    expect(checkAddress('fd12::9', allowed)).toEqual({ permitted: true });
    expect(checkAddress('127.0.0.1', allowed)).toEqual({ permitted: true });
    expect(checkAddress('10.2.0.0', allowed)).toEqual({ permitted: false, family: 'PRIVATE' });
    expect(checkAddress('127.0.0.2', allowed)).toEqual({ permitted: false, family: 'LOOPBACK' });
    expect(checkAddress('::ffff:10.1.0.1', allowed)).toEqual({ permitted: false, family: 'IPV4_MAPPED' });
  });

  it('keeps metadata addresses closed inside an opened range, until they are named themselves', () => {
    expect(checkAddress('169.254.169.254', parseAllowedRanges(['169.254.0.0/16']))).toEqual({
      permitted: false,
      family: 'METADATA',
    });
    expect(checkAddress('169.254.169.254', parseAllowedRanges(['169.254.169.254/32']))).toEqual({ permitted: true });
  });

  it('judges the IPv4 address inside an opened translation prefix by itself', () => {
    const allowed = parseAllowedRanges(['64:ff9b::/96', '2002::/16', '2001::/32']);

    expect(checkAddress('64:ff9b::8.8.8.8', allowed)).toEqual({ permitted: true });
    expect(checkAddress('64:ff9b::127.0.0.1', allowed)).toEqual({ permitted: false, family: 'LOOPBACK' });
    expect(checkAddress('2002:a00:1::1', allowed)).toEqual({ permitted: false, family: 'PRIVATE' });
    // Teredo: relay 65.54.227.120, client 192.168.0.1 written inverted.
    expect(checkAddress('2001:0:4136:e378:8000:63bf:3f57:fffe', allowed)).toEqual({
      permitted: false,
      family: 'PRIVATE',
    });
  });

  it('names every entry of the setting that is no range', () => {
    const faults = (): readonly string[] => {
      try {
        parseAllowedRanges(['10.0.0.0/8', '10.0.0.0', '10.0.0.0/33', 'ten/8', '::/129', 'fd00::/8']);
        return [];
      } catch (error) {
        return isAppError(error) ? error.violations.map(({ field }) => field) : ['other'];
      }
    };

    expect(faults()).toEqual(['allowedRanges.1', 'allowedRanges.2', 'allowedRanges.3', 'allowedRanges.4']);
  });
});
