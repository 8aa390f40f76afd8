const octets = /^\d{1,3}(\.\d{1,3}){3}$/;
const label = /^[\p{L}\p{N}]([\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?$/u;

/** What a person may have typed where only a host name belongs. */
interface HostParts {
  readonly scheme: string | undefined;
  readonly host: string;
  readonly port: string | undefined;
  readonly rest: string;
}

const HOST_PARTS = /^(?:([a-z][a-z0-9+.-]*):\/\/|(\/\/))?(\[[^\]]*\]?|[^:/?#]*)(?::([^/?#]*))?(.*)$/isu;

const partsOf = (value: string): HostParts => {
  // Two colons and no scheme: an IPv6 address without its brackets, and not a host with a port.
  if (/^[0-9a-f:.]*:[0-9a-f:.]*:[0-9a-f:.]*$/i.test(value)) {
    return { scheme: undefined, host: `[${value}]`, port: undefined, rest: '' };
  }
  const [, scheme, slashes, host = '', port, rest = ''] = HOST_PARTS.exec(value) ?? [];
  return { scheme: scheme ?? slashes, host, port, rest };
};

const isAddress = (host: string): boolean => octets.test(host) || host.startsWith('[');

const isHostName = (host: string): boolean => {
  const labels = host.split('.');
  return host.length <= 253 && labels.length >= 2 && labels.every((one) => label.test(one));
};

const webAddress = (value: string): URL | null => {
  const url = URL.parse(value);
  return url !== null && ['http:', 'https:'].includes(url.protocol) ? url : null;
};

/**
 * Forms of a value, as data. The `HOST_…` forms each look at one part of what was typed, so that one value can break
 * several and each is named.
 */
export const FORMATS = {
  /** With its scheme, without a login in it. */
  WEB_ADDRESS: (value: string) => {
    const url = webAddress(value);
    return url !== null && url.username === '' && url.password === '';
  },
  HOST_WITHOUT_SCHEME: (value: string) => partsOf(value).scheme === undefined,
  HOST_WITHOUT_PORT: (value: string) => partsOf(value).port === undefined,
  HOST_WITHOUT_PATH: (value: string) => partsOf(value).rest === '',
  HOST_WITHOUT_WILDCARD: (value: string) => !partsOf(value).host.includes('*'),
  HOST_NOT_AN_ADDRESS: (value: string) => !isAddress(partsOf(value).host),
  HOST_NAME: (value: string) => {
    const { host } = partsOf(value);
    return isAddress(host) || host.includes('*') || isHostName(host);
  },
  /** AppID of a mini-program. */
  MINI_PROGRAM_APP_ID: (value: string) => /^wx[0-9a-f]{16}$/.test(value),
} as const satisfies Readonly<Record<string, (value: string) => boolean>>;

export type Format = keyof typeof FORMATS;
