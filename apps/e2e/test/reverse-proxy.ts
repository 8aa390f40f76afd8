import { createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream';

/** What goes wrong with URL verifications; events (POST) always pass. */
export type ProxyFault =
  | { readonly kind: 'NONE' }
  /** The path of another endpoint is served: somebody else's keys answer. */
  | { readonly kind: 'LEADS_TO'; readonly path: string }
  /** Connected, and then nothing until the other side gives up. */
  | { readonly kind: 'SILENT' }
  /** Something else answers for us, such as a parking page. */
  | { readonly kind: 'ANSWERS'; readonly status: number; readonly body: string };

/** What stands in front of a service. */
export interface ReverseProxy {
  readonly url: string;
  /** Base URL of the service behind it. */
  leadTo(target: string): void;
  spoil(fault: ProxyFault): void;
  stop(): Promise<void>;
}

const pass = (target: string, path: string, incoming: IncomingMessage, outgoing: ServerResponse): void => {
  const url = new URL(path, target);
  const options = { method: incoming.method ?? 'GET', headers: { ...incoming.headers, host: url.host }, agent: false };
  const onward = forward(url, options, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    pipeline(answer, outgoing, () => undefined);
  });
  onward.on('error', () => outgoing.destroy());
  // Nobody waits any more: an answer that still came could be passed to no one.
  outgoing.on('close', () => onward.destroy());
  pipeline(incoming, onward, () => undefined);
};

/** @param look sees every request before it is passed on */
export const startReverseProxy = async (look?: (incoming: IncomingMessage) => void): Promise<ReverseProxy> => {
  let target = '';
  let fault: ProxyFault = { kind: 'NONE' };
  const server = createServer((incoming, outgoing) => {
    look?.(incoming);
    const { pathname, search } = new URL(incoming.url ?? '/', 'http://proxy');
    const current: ProxyFault = incoming.method === 'GET' ? fault : { kind: 'NONE' };
    switch (current.kind) {
      case 'NONE':
        return pass(target, pathname + search, incoming, outgoing);
      case 'LEADS_TO':
        return pass(target, current.path + search, incoming, outgoing);
      case 'ANSWERS':
        return void outgoing.writeHead(current.status, { 'content-type': 'text/plain' }).end(current.body);
      case 'SILENT':
        return;
    }
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  if (address === null || typeof address === 'string') {
    throw new Error('the proxy has no port');
  }
  return {
    url: `http://127.0.0.1:${address.port}`,
    leadTo: (url) => {
      target = url;
    },
    spoil: (next) => {
      fault = next;
    },
    stop: () =>
      new Promise<void>((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
};
