import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { isAppError } from '@daikaifa/kernel';
import { Client, errors, type Dispatcher } from 'undici';
import { checkAddress, parseAllowedRanges, type AllowedRanges } from './address-rules';
import { guardError } from './guard-error';
import { createPinnedConnector, type OpenSocket } from './pinned-connector';

/** Every address of a name. Throws, or answers an empty list, when there is none. */
export type Resolve = (hostname: string) => Promise<readonly string[]>;

export interface GuardedClientOptions {
  /** CIDR ranges that this deployment opens although they are refused by default. */
  readonly allowedRanges?: readonly string[];
  readonly requireHttps: boolean;
  readonly maxBodyBytes: number;
  /** What is done with a longer answer: refused by default; CUT where the status says all and the text is only shown. */
  readonly longBody?: 'REFUSE' | 'CUT';
  /** Total time of one request: name, connection, TLS, headers and the whole body. */
  readonly timeoutMs: number;
  /** PEM certificates of a private authority, in place of the well-known ones. */
  readonly trustedCertificates?: string;
  /** The default asks the operating system. */
  readonly resolve?: Resolve;
  /** The default is a TCP connection. Tests hand in one that goes astray. */
  readonly openSocket?: OpenSocket;
}

export interface GuardedRequest {
  readonly url: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Without `host`: that is the URL's. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

export interface GuardedResponse {
  readonly status: number;
  /** Names in lower case; repeated headers joined by a comma. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/**
 * The only way to call a URL that a user gave (destinations, ownership files, the public callback address).
 * It connects to public addresses only, checks every resolved address and the connected one, follows no redirect,
 * and ends each request at its size and time limits.
 */
export interface GuardedClient {
  /**
   * @throws AppError with `details.reason` (GuardReason); BAD_USER_INPUT when the URL itself is the fault,
   *   else UNAVAILABLE. Statuses other than redirects, also 4xx and 5xx, are answers.
   */
  request(request: GuardedRequest): Promise<GuardedResponse>;
}

const MAX_HEADER_BYTES = 16_384;
const REDIRECTS: readonly number[] = [300, 301, 302, 303, 305, 307, 308];

const resolveBySystem: Resolve = async (hostname) =>
  (await lookup(hostname, { all: true, order: 'verbatim' })).map(({ address }) => address);

const readUrl = (given: string, requireHttps: boolean): URL => {
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (url === undefined || url.hostname === '' || url.username !== '' || url.password !== '') {
    throw guardError('BAD_REQUEST');
  }
  if (url.protocol !== 'https:' && (requireHttps || url.protocol !== 'http:')) {
    throw guardError('NOT_HTTPS');
  }
  return url;
};

const until = <T>(signal: AbortSignal, work: Promise<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });

const resolveName = async (hostname: string, resolve: Resolve, signal: AbortSignal): Promise<readonly string[]> => {
  const literal = hostname.replace(/^\[(.*)\]$/, '$1');
  if (isIP(literal) !== 0) {
    return [literal];
  }
  let addresses: readonly string[];
  try {
    addresses = await until(signal, resolve(hostname));
  } catch (error) {
    throw guardError('NAME_NOT_RESOLVED', {}, error);
  }
  if (addresses.length === 0) {
    throw guardError('NAME_NOT_RESOLVED');
  }
  return addresses;
};

/** One refused address refuses the name: choosing the public one of two would leave the choice to whoever set them. */
const refuseAddresses = (addresses: readonly string[], allowed: AllowedRanges): void => {
  for (const address of addresses) {
    const verdict = checkAddress(address, allowed);
    if (!verdict.permitted) {
      throw guardError('ADDRESS_REFUSED', { family: verdict.family });
    }
  }
};

const readBody = async (
  response: Dispatcher.ResponseData,
  { maxBodyBytes: maxBytes, longBody }: Pick<GuardedClientOptions, 'maxBodyBytes' | 'longBody'>,
): Promise<Buffer> => {
  const tooLarge = (): Error => guardError('TOO_LARGE', { maxBytes });
  const isCut = longBody === 'CUT';
  if (!isCut && Number(response.headers['content-length'] ?? 0) > maxBytes) {
    throw tooLarge();
  }
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response.body as AsyncIterable<Buffer>) {
    size += chunk.length;
    chunks.push(chunk);
    if (size > maxBytes && !isCut) {
      throw tooLarge();
    }
    if (size >= maxBytes && isCut) {
      break;
    }
  }
  return Buffer.concat(chunks).subarray(0, maxBytes);
};

const flatten = (headers: Dispatcher.ResponseData['headers']): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  );

const toGuardError = (error: unknown, signal: AbortSignal, timeoutMs: number): Error => {
  if (signal.aborted) {
    return guardError('TOO_SLOW', { timeoutMs });
  }
  if (isAppError(error)) {
    return error;
  }
  if (error instanceof errors.InvalidArgumentError) {
    return guardError('BAD_REQUEST', {}, error);
  }
  if (error instanceof errors.HeadersOverflowError) {
    return guardError('TOO_LARGE', { maxBytes: MAX_HEADER_BYTES }, error);
  }
  return guardError('UNREACHABLE', {}, error);
};

/** @throws AppError BAD_USER_INPUT when an allowed range is no CIDR range */
export const createGuardedClient = (options: GuardedClientOptions): GuardedClient => {
  const allowed = parseAllowedRanges(options.allowedRanges ?? []);
  const resolve = options.resolve ?? resolveBySystem;

  const send = async (request: GuardedRequest, signal: AbortSignal): Promise<GuardedResponse> => {
    const url = readUrl(request.url, options.requireHttps);
    if (Object.keys(request.headers ?? {}).some((name) => name.toLowerCase() === 'host')) {
      throw guardError('BAD_REQUEST');
    }
    const addresses = await resolveName(url.hostname, resolve, signal);
    refuseAddresses(addresses, allowed);
    // A client per request: a kept connection would outlive the check of its address.
    const client = new Client(url.origin, {
      connect: createPinnedConnector({
        addresses,
        allowed,
        signal,
        trustedCertificates: options.trustedCertificates,
        openSocket: options.openSocket,
      }),
      headersTimeout: 0,
      bodyTimeout: 0,
      maxHeaderSize: MAX_HEADER_BYTES,
    });
    try {
      const response = await client.request({
        path: url.pathname + url.search,
        method: request.method,
        headers: { 'accept-encoding': 'identity', ...request.headers },
        body: request.body ?? null,
        signal,
      });
      if (REDIRECTS.includes(response.statusCode)) {
        throw guardError('REDIRECT', { status: response.statusCode });
      }
      const body = await readBody(response, options);
      return { status: response.statusCode, headers: flatten(response.headers), body };
    } finally {
      // Also ends a body that is still coming; nobody waits for it.
      client.destroy().catch(() => undefined);
    }
  };

  return {
    request: async (request) => {
      const deadline = new AbortController();
      const timer = setTimeout(() => deadline.abort(new Error('time limit')), options.timeoutMs);
      try {
        return await send(request, deadline.signal);
      } catch (error) {
        throw toGuardError(error, deadline.signal, options.timeoutMs);
      } finally {
        clearTimeout(timer);
      }
    },
  };
};
