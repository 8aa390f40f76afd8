import { probeTcp } from './probes.mjs';

const splitHostPort = (text, defaultPort) => {
  const [, v6, plain, port] = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(text.trim()) ?? [];
  const host = v6 ?? plain;
  return host === undefined ? null : { host, port: port === undefined ? defaultPort : Number(port) };
};

/**
 * Hosts named by a connection string, never its user or password:
 * { addresses: [{ host, port }], protocol: 'plain' | 'tls' | 'unknown' }. `unknown`: found by DNS, so there is no
 * address to try.
 */
export function parseGiven(server, value) {
  const scheme = /^([a-z+]+:)\/\//.exec(value)?.[1];
  if (scheme === undefined) {
    const addresses = value.split(',').map((part) => splitHostPort(part, server.defaultPort));
    return addresses.includes(null) ? null : { addresses, protocol: 'plain' };
  }
  if (scheme.endsWith('+srv:')) return { addresses: [], protocol: 'unknown' };
  const isTls = server.urlSchemes?.tls.includes(scheme) === true;
  if (!isTls && server.urlSchemes?.plain.includes(scheme) !== true) return null;
  const rest = value.slice(scheme.length + 2);
  const hosts = rest.split(/[/?]/)[0];
  const addresses = hosts
    .slice(hosts.lastIndexOf('@') + 1)
    .split(',')
    .map((part) => splitHostPort(part, server.defaultPort));
  const wantsTls = isTls || /[?&](tls|ssl)=true/.test(rest);
  return addresses.includes(null) ? null : { addresses, protocol: wantsTls ? 'tls' : 'plain' };
}

/** Checks that a server named by the environment answers; gives its first address for people. */
export async function checkGiven(server, value) {
  const given = parseGiven(server, value);
  if (given === null) throw new Error(`${server.variable} is not an address of ${server.name}`);
  if (given.protocol === 'unknown') return { host: 'found by DNS, not checked', port: null };
  const probe = given.protocol === 'tls' ? probeTcp : server.probe;
  const faults = [];
  for (const address of given.addresses) {
    try {
      await probe({ ...address, timeoutMs: 5_000 });
      return address;
    } catch (error) {
      faults.push(`${address.host}:${address.port}: ${error.message}`);
    }
  }
  throw new Error(
    `${server.variable} is set, but no server answers there (${faults.join('; ')}); start it or unset it`,
  );
}
