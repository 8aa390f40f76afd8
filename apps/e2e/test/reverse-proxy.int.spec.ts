import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startReverseProxy, type ReverseProxy } from './reverse-proxy';

let service: Server;
let proxy: ReverseProxy;

beforeAll(async () => {
  service = createServer((incoming, outgoing) => {
    if (incoming.method === 'GET') {
      outgoing.end('here');
    }
  });
  service.listen(0, '127.0.0.1');
  await once(service, 'listening');
  proxy = await startReverseProxy();
  proxy.leadTo(`http://127.0.0.1:${(service.address() as AddressInfo).port}`);
});

afterAll(async () => {
  await proxy.stop();
  service.closeAllConnections();
  service.close();
});

it('tells the service when the caller has left, and passes what comes then', async () => {
  const asked = once(service, 'request');
  const caller = request(proxy.url, { method: 'POST' }).on('error', () => undefined);
  caller.end();
  const [, outgoing] = (await asked) as [IncomingMessage, ServerResponse];
  const left = once(outgoing, 'close');
  caller.destroy();
  await left;
  expect(outgoing.writableFinished).toBe(false);
  expect(await (await fetch(proxy.url)).text()).toBe('here');
});
