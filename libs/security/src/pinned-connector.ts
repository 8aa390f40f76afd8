import {
  connect as connectTcp,
  isIP,
  isIPv6,
  type LookupFunction,
  type Socket,
  type TcpNetConnectOpts,
} from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { buildConnector } from 'undici';
import { checkAddress, type AllowedRanges } from './address-rules';
import { guardError } from './guard-error';

export type OpenSocket = (options: TcpNetConnectOpts) => Socket;

export interface PinnedConnectorOptions {
  /** Checked before; the only addresses that the connection may go to. */
  readonly addresses: readonly string[];
  readonly allowed: AllowedRanges;
  readonly signal: AbortSignal;
  readonly trustedCertificates?: string | undefined;
  readonly openSocket?: OpenSocket | undefined;
}

/**
 * Answers from the checked addresses only. Asking the resolver again here would open the gap of DNS rebinding:
 * a public address for the check, a private one for the connection.
 */
const pinnedLookup =
  (addresses: readonly string[]): LookupFunction =>
  (_hostname, options, callback) => {
    const pinned = addresses.map((address) => ({ address, family: isIPv6(address) ? 6 : 4 }));
    if (options.all === true) {
      callback(null, pinned);
    } else {
      callback(null, pinned[0]!.address, pinned[0]!.family);
    }
  };

const once = (socket: Socket, event: 'connect' | 'secureConnect', signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const settle = (action: () => void) => (): void => {
      signal.removeEventListener('abort', onAbort);
      action();
    };
    const onAbort = settle(() => {
      socket.destroy();
      reject(signal.reason as Error);
    });
    signal.addEventListener('abort', onAbort, { once: true });
    socket.once(event, settle(resolve));
    socket.once(
      'close',
      settle(() => reject(new Error(`the connection closed before ${event}`))),
    );
    socket.once('error', (error) => settle(() => reject(error))());
    if (signal.aborted) {
      onAbort();
    }
  });

const openTcp = async (host: string, port: number, options: PinnedConnectorOptions): Promise<Socket> => {
  const socket = (options.openSocket ?? connectTcp)({
    host,
    port,
    lookup: pinnedLookup(options.addresses),
    autoSelectFamily: true,
    noDelay: true,
  });
  try {
    await once(socket, 'connect', options.signal);
  } catch (error) {
    socket.destroy();
    throw guardError('UNREACHABLE', {}, error);
  }
  // The last word: whatever happened before, no byte is sent to an address that is not permitted.
  const connected = socket.remoteAddress ?? '';
  const verdict = checkAddress(connected, options.allowed);
  if (!verdict.permitted) {
    socket.destroy();
    throw guardError('ADDRESS_REFUSED', { family: verdict.family });
  }
  return socket;
};

const secure = async (tcp: Socket, host: string, options: PinnedConnectorOptions): Promise<Socket> => {
  const socket = connectTls({
    socket: tcp,
    // The name of the URL, whatever a `host` header says. SNI carries names only; a bare address is checked as such.
    ...(isIP(host) === 0 ? { servername: host } : { host }),
    ALPNProtocols: ['http/1.1'],
    ...(options.trustedCertificates === undefined ? {} : { ca: options.trustedCertificates }),
  });
  try {
    await once(socket, 'secureConnect', options.signal);
    return socket;
  } catch (error) {
    socket.destroy();
    throw guardError('TLS', { fault: (error as NodeJS.ErrnoException).code ?? 'HANDSHAKE' }, error);
  }
};

/** A connector of undici that connects to the checked addresses, and checks once more what it is connected to. */
export const createPinnedConnector =
  (options: PinnedConnectorOptions): buildConnector.connector =>
  (target, callback) => {
    const isTls = target.protocol === 'https:';
    const port = Number(target.port === '' ? (isTls ? 443 : 80) : target.port);
    const host = target.hostname.replace(/^\[(.*)\]$/, '$1');
    const opened = openTcp(host, port, options);
    const ready = isTls ? opened.then((tcp) => secure(tcp, host, options)) : opened;
    ready.then(
      (socket) => callback(null, socket),
      (error: Error) => callback(error, null),
    );
  };
