import { text, type Violation } from '@daikaifa/kernel';

const octet = '(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])';
const IPV4 = new RegExp(`^${octet}(\\.${octet}){3}$`);
const IPV4_WILDCARD = new RegExp(`^${octet}(\\.${octet}){2}\\.\\*$`);
const CIDR = new RegExp(`^${octet}(\\.${octet}){3}/([12]?[0-9]|3[0-2])$`);
const IPV6 = /^(?=.*:.*:)[0-9a-fA-F:.]{2,45}(\/\d{1,3})?$/;

/**
 * Checks the entries of an IP whitelist (IP白名单). WeCom documents IPv4 and `a.b.c.*`; CIDR and IPv6 are taken with
 * a warning, because nobody has seen them work; anything else is refused.
 */
export const checkIpWhitelist = (field: string, entries: readonly string[]): Violation[] =>
  entries.flatMap((given, index): Violation[] => {
    const place = { field: `${field}.${index}`, given, limit: 'IPv4, a.b.c.*' };
    if (entries.indexOf(given) !== index) {
      return [{ ...place, code: 'IP_REPEATED', severity: 'ERROR', text: text('IP 重复', 'This IP is listed twice') }];
    }
    if (IPV4.test(given) || IPV4_WILDCARD.test(given)) {
      return [];
    }
    if (CIDR.test(given) || IPV6.test(given)) {
      const warning = text('企业微信未说明支持 CIDR 或 IPv6', 'WeCom does not document CIDR or IPv6 entries');
      return [{ ...place, code: 'IP_UNCONFIRMED', severity: 'WARNING', text: warning }];
    }
    const error = text('须为 IPv4 地址或 a.b.c.* 通配', 'Must be an IPv4 address or a wildcard such as a.b.c.*');
    return [{ ...place, code: 'IP_FORMAT', severity: 'ERROR', text: error }];
  });
