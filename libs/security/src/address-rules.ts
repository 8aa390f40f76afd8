import { isIP } from 'node:net';
import { badUserInput, text, type Violation } from '@daikaifa/kernel';
import { IPv4, parse, parseCIDR, type IPv6 } from 'ipaddr.js';

/** Why an address is not reachable for user-given URLs. */
export type AddressFamily =
  | 'UNSPECIFIED'
  | 'PRIVATE'
  | 'LOOPBACK'
  | 'LINK_LOCAL'
  | 'CGNAT'
  | 'METADATA'
  | 'MULTICAST'
  | 'DOCUMENTATION'
  | 'BENCHMARKING'
  | 'IPV4_MAPPED'
  | 'IPV4_COMPATIBLE'
  | 'IPV4_TRANSLATED'
  | 'NAT64'
  | 'SIX_TO_FOUR'
  | 'TEREDO'
  | 'ISATAP'
  | 'RESERVED'
  | 'NOT_AN_ADDRESS';

type Address = IPv4 | IPv6;
type Range = readonly [Address, number];

/** Ranges that a deployment opens on purpose, for destinations inside its own network. */
export interface AllowedRanges {
  readonly ranges: readonly Range[];
}

export type AddressVerdict =
  { readonly permitted: true } | { readonly permitted: false; readonly family: AddressFamily };

/** The first matching line decides, so the narrow ranges stand before the wide ones. */
const IPV4_REFUSED: ReadonlyArray<readonly [string, AddressFamily]> = [
  // Cloud metadata. 168.63.129.16 (Azure) is a public address by number; the others lie in ranges below.
  ['168.63.129.16/32', 'METADATA'],
  ['169.254.169.254/32', 'METADATA'],
  ['169.254.170.2/32', 'METADATA'],
  ['100.100.100.200/32', 'METADATA'],
  ['192.0.0.192/32', 'METADATA'],
  ['0.0.0.0/8', 'UNSPECIFIED'],
  ['10.0.0.0/8', 'PRIVATE'],
  ['172.16.0.0/12', 'PRIVATE'],
  ['192.168.0.0/16', 'PRIVATE'],
  ['100.64.0.0/10', 'CGNAT'],
  ['127.0.0.0/8', 'LOOPBACK'],
  ['169.254.0.0/16', 'LINK_LOCAL'],
  ['192.0.0.0/24', 'RESERVED'],
  ['192.0.2.0/24', 'DOCUMENTATION'],
  ['198.51.100.0/24', 'DOCUMENTATION'],
  ['203.0.113.0/24', 'DOCUMENTATION'],
  ['192.88.99.0/24', 'SIX_TO_FOUR'],
  ['198.18.0.0/15', 'BENCHMARKING'],
  ['224.0.0.0/4', 'MULTICAST'],
  ['240.0.0.0/4', 'RESERVED'],
];

const IPV6_REFUSED: ReadonlyArray<readonly [string, AddressFamily]> = [
  ['fd00:ec2::254/128', 'METADATA'],
  ['fd20:ce::254/128', 'METADATA'],
  ['::/128', 'UNSPECIFIED'],
  ['::1/128', 'LOOPBACK'],
  ['::ffff:0:0/96', 'IPV4_MAPPED'],
  ['::ffff:0:0:0/96', 'IPV4_TRANSLATED'],
  ['::/96', 'IPV4_COMPATIBLE'],
  ['64:ff9b::/96', 'NAT64'],
  ['64:ff9b:1::/48', 'NAT64'],
  ['fc00::/7', 'PRIVATE'],
  ['fe80::/10', 'LINK_LOCAL'],
  ['fec0::/10', 'PRIVATE'],
  ['ff00::/8', 'MULTICAST'],
  ['2001::/32', 'TEREDO'],
  ['2001:2::/48', 'BENCHMARKING'],
  ['2001::/23', 'RESERVED'],
  ['2001:db8::/32', 'DOCUMENTATION'],
  ['3fff::/20', 'DOCUMENTATION'],
  ['2002::/16', 'SIX_TO_FOUR'],
];

/** Nothing outside it is routed on the internet, whatever is assigned later. */
const GLOBAL_UNICAST = parseCIDR('2000::/3');

const compile = (
  table: ReadonlyArray<readonly [string, AddressFamily]>,
): ReadonlyArray<{ readonly range: Range; readonly family: AddressFamily }> =>
  table.map(([cidr, family]) => ({ range: parseCIDR(cidr), family }));

const RULES = { ipv4: compile(IPV4_REFUSED), ipv6: compile(IPV6_REFUSED) } as const;

const isInside = (address: Address, [network, bits]: Range): boolean =>
  address.kind() === network.kind() && address.match(network, bits);

const ipv4At = (bytes: readonly number[], offset: number, mask = 0): IPv4 =>
  new IPv4(bytes.slice(offset, offset + 4).map((byte) => byte ^ mask));

const isIsatap = (bytes: readonly number[]): boolean =>
  (bytes[8]! & 0xfd) === 0 && bytes[9] === 0 && bytes[10] === 0x5e && bytes[11] === 0xfe;

const familyOf = (address: Address): AddressFamily | undefined => {
  const listed = RULES[address.kind()].find(({ range }) => isInside(address, range))?.family;
  if (listed !== undefined || address.kind() === 'ipv4') {
    return listed;
  }
  if (!isInside(address, GLOBAL_UNICAST)) {
    return 'RESERVED';
  }
  return isIsatap(address.toByteArray()) ? 'ISATAP' : undefined;
};

/** The IPv4 addresses at which a packet to this IPv6 address may come out. */
const embedded = (address: Address, family: AddressFamily): readonly IPv4[] => {
  const bytes = address.toByteArray();
  switch (family) {
    case 'IPV4_MAPPED':
    case 'IPV4_COMPATIBLE':
    case 'IPV4_TRANSLATED':
    case 'NAT64':
    case 'ISATAP':
      return [ipv4At(bytes, 12)];
    case 'SIX_TO_FOUR':
      return address.kind() === 'ipv6' ? [ipv4At(bytes, 2)] : [];
    case 'TEREDO':
      // The relay's address stands plainly, the client's inverted (RFC 4380).
      return [ipv4At(bytes, 4), ipv4At(bytes, 12, 0xff)];
    default:
      return [];
  }
};

const isAllowed = (address: Address, family: AddressFamily, allowed: AllowedRanges): boolean => {
  const single = address.kind() === 'ipv4' ? 32 : 128;
  // Opening 169.254.0.0/16 for a neighbour must not hand out the machine's cloud identity: that has to be named itself.
  return allowed.ranges.some((range) => isInside(address, range) && (family !== 'METADATA' || range[1] === single));
};

const judge = (address: Address, allowed: AllowedRanges): AddressVerdict => {
  const family = familyOf(address);
  if (family === undefined) {
    return { permitted: true };
  }
  if (!isAllowed(address, family, allowed)) {
    return { permitted: false, family };
  }
  // An opened translation prefix (NAT64 in an IPv6-only network) opens no IPv4 address that is closed by itself.
  const inner = embedded(address, family).map((ipv4) => judge(ipv4, allowed));
  return inner.find((verdict) => !verdict.permitted) ?? { permitted: true };
};

/** ipaddr.js reads `::10.0.0.1` as `::ffff:10.0.0.1`; in the URL parser's form nothing is left to interpret. */
const readIpv6 = (address: string): Address =>
  parse(new URL(`http://[${address.replace(/%.*$/, '')}]/`).hostname.slice(1, -1));

const read = (address: string): Address => (isIP(address) === 4 ? parse(address) : readIpv6(address));

/** Whether a user-given URL may lead to this address, given as a resolver or a socket writes it. */
export const checkAddress = (address: string, allowed: AllowedRanges): AddressVerdict =>
  isIP(address) === 0 ? { permitted: false, family: 'NOT_AN_ADDRESS' } : judge(read(address), allowed);

const readRange = (cidr: string): Range | undefined => {
  const [address = '', bits = '', ...rest] = cidr.trim().split('/');
  const kind = isIP(address);
  const isRange = rest.length === 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= (kind === 4 ? 32 : 128);
  return kind === 0 || !isRange ? undefined : [read(address), Number(bits)];
};

/**
 * @param cidrs `10.1.0.0/16`, `fd12::/48`; a single address needs its /32 or /128
 * @throws AppError BAD_USER_INPUT naming every entry that is no CIDR range
 */
export const parseAllowedRanges = (cidrs: readonly string[]): AllowedRanges => {
  const ranges = cidrs.map(readRange);
  const faults = cidrs.flatMap((given, index): Violation[] =>
    ranges[index] !== undefined
      ? []
      : [
          {
            field: `allowedRanges.${index}`,
            code: 'CIDR',
            severity: 'ERROR',
            text: text('不是 CIDR 网段', 'is not a CIDR range'),
            given,
          },
        ],
  );
  if (faults.length > 0) {
    throw badUserInput(faults);
  }
  return { ranges: ranges.filter((range) => range !== undefined) };
};
