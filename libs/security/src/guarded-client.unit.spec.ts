import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import {
  connect,
  createServer as createTcpServer,
  type AddressInfo,
  type Server as TcpServer,
  type Socket,
} from 'node:net';
import { isAppError } from '@daikaifa/kernel';
import { selfSigned } from '../test/certificate';
import { createGuardedClient, type GuardedClientOptions, type GuardedResponse, type Resolve } from './guarded-client';

const servers: TcpServer[] = [];
const sockets = new Set<Socket>();

const listen = async <S extends TcpServer>(server: S, address = '127.0.0.1', port = 0): Promise<number> => {
  servers.push(server);
  server.on('connection', (socket: Socket) => sockets.add(socket.on('error', () => undefined)));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, address, resolve);
  });
  return (server.address() as AddressInfo).port;
};

const serve = (listener: RequestListener): Server => createServer(listener);

afterEach(async () => {
  sockets.forEach((socket) => socket.destroy());
  sockets.clear();
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
});

const client = (options: Partial<GuardedClientOptions> = {}): ReturnType<typeof createGuardedClient> =>
  createGuardedClient({
    allowedRanges: ['127.0.0.1/32'],
    requireHttps: false,
    maxBodyBytes: 1000,
    timeoutMs: 5_000,
    ...options,
  });

const reasonOf = async (request: Promise<GuardedResponse>): Promise<unknown> => {
  try {
    return (await request).status;
  } catch (error) {
    return isAppError(error) ? error.details['reason'] : error;
  }
};

const always =
  (...addresses: readonly string[]): Resolve =>
  () =>
    Promise.resolve(addresses);

describe('guarded client', () => {
  it('sends the request with its port, path, query and body, and returns the answer', async () => {
    const seen: unknown[] = [];
    const port = await listen(
      serve((request, response) => {
        const chunks: Buffer[] = [];
        request.on('data', (chunk: Buffer) => chunks.push(chunk));
        request.on('end', () => {
          seen.push([request.method, request.url, request.headers.host, Buffer.concat(chunks).toString()]);
          response.writeHead(404, { 'X-Test': 'yes', 'Set-Cookie': ['a=1', 'b=2'] }).end('no such thing');
        });
      }),
    );

    const answer = await client({ resolve: always('127.0.0.1') }).request({
      url: `http://backend.example:${port}/hook?a=1`,
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: 'hello',
    });

    expect(seen).toEqual([['POST', '/hook?a=1', `backend.example:${port}`, 'hello']]);
    expect(answer.status).toBe(404);
    expect(answer.headers).toMatchObject({ 'x-test': 'yes', 'set-cookie': 'a=1, b=2' });
    expect(answer.body.toString()).toBe('no such thing');
  });

  it.each([
    'http://127.0.0.1/',
    'http://127.1/',
    'http://0x7f000001/',
    'http://2130706433/',
    'http://0177.0.0.1/',
    'http://127.0.0.1./',
    'http://[::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[64:ff9b::7f00:1]/',
    'http://[2002:7f00:1::]/',
    'http://０.0.0.0/',
    'http://169.254.169.254/latest/meta-data/',
    'http://10.0.0.1:8080/',
    'http://[fd00:ec2::254]/',
  ])('refuses %s, however the address is written', async (url) => {
    expect(await reasonOf(client({ allowedRanges: [] }).request({ url, method: 'GET' }))).toBe('ADDRESS_REFUSED');
  });

  it('refuses a name when only one of its addresses is internal', async () => {
    const request = client({ resolve: always('93.184.215.14', '10.0.0.1') }).request({
      url: 'http://mixed.example/',
      method: 'GET',
    });

    expect(await reasonOf(request)).toBe('ADDRESS_REFUSED');
  });

  it('connects to the address that was checked, even when the name changes its answer meanwhile', async () => {
    const inner: string[] = [];
    const port = await listen(serve((_request, response) => response.end('outer')));
    await listen(
      serve((_request, response) => response.end(String(inner.push('reached')))),
      '127.0.0.2',
      port,
    );
    const answers = ['127.0.0.1', '127.0.0.2', '127.0.0.2'];
    const asked: string[] = [];
    const resolve: Resolve = (hostname) => {
      asked.push(hostname);
      return Promise.resolve([answers.shift() ?? '127.0.0.2']);
    };

    const answer = await client({ resolve }).request({ url: `http://rebinding.example:${port}/`, method: 'GET' });

    expect(answer.body.toString()).toBe('outer');
    expect(inner).toEqual([]);
    expect(asked).toEqual(['rebinding.example']);
  });

  it('sends nothing when the connection ended up at another address', async () => {
    const received: Buffer[] = [];
    const astray = createTcpServer((socket) => socket.on('data', (chunk: Buffer) => received.push(chunk)));
    const port = await listen(astray, '127.0.0.2');
    const openSocket: NonNullable<GuardedClientOptions['openSocket']> = () => connect({ host: '127.0.0.2', port });

    const request = client({ resolve: always('127.0.0.1'), openSocket }).request({
      url: `http://astray.example:${port}/`,
      method: 'POST',
      body: 'secret',
    });

    expect(await reasonOf(request)).toBe('ADDRESS_REFUSED');
    expect(Buffer.concat(received)).toHaveLength(0);
  });

  it.each([301, 302, 303, 307, 308])('does not follow a redirect (%i)', async (status) => {
    const visited: string[] = [];
    const port = await listen(
      serve((request, response) => {
        visited.push(request.url ?? '');
        response.writeHead(status, { location: '/inside' }).end();
      }),
    );

    expect(await reasonOf(client().request({ url: `http://127.0.0.1:${port}/start`, method: 'GET' }))).toBe('REDIRECT');
    expect(visited).toEqual(['/start']);
  });

  it.each([
    [
      'announced',
      (): RequestListener => (_request, response) => response.writeHead(200, { 'content-length': '1001' }).write('x'),
    ],
    ['streamed', (): RequestListener => (_request, response) => response.end('x'.repeat(1001))],
    [
      'endless',
      (): RequestListener => (_request, response) => {
        const timer = setInterval(() => response.write('x'.repeat(300)), 1);
        response.on('close', () => clearInterval(timer));
      },
    ],
  ])('ends an answer that is too large (%s)', async (_name, listener) => {
    const port = await listen(serve(listener()));

    expect(await reasonOf(client().request({ url: `http://127.0.0.1:${port}/`, method: 'GET' }))).toBe('TOO_LARGE');
  });

  it('takes an answer of exactly the limit', async () => {
    const port = await listen(serve((_request, response) => response.end('x'.repeat(1000))));

    const answer = await client().request({ url: `http://127.0.0.1:${port}/`, method: 'GET' });

    expect(answer.body).toHaveLength(1000);
  });

  it('cuts a long answer where only its beginning is wanted', async () => {
    const body = 'x'.repeat(5_000);
    const port = await listen(
      serve((_request, response) => response.writeHead(200, { 'content-length': body.length }).end(body)),
    );

    const answer = await client({ longBody: 'CUT' }).request({ url: `http://127.0.0.1:${port}/`, method: 'POST' });

    expect(answer.status).toBe(200);
    expect(answer.body).toHaveLength(1000);
  });

  it('ends endless headers', async () => {
    const port = await listen(
      serve((_request, response) => response.writeHead(200, { 'x-long': 'x'.repeat(20_000) }).end()),
    );

    expect(await reasonOf(client().request({ url: `http://127.0.0.1:${port}/`, method: 'GET' }))).toBe('TOO_LARGE');
  });

  it.each([
    ['no answer', (): RequestListener => () => undefined],
    ['headers and no body', (): RequestListener => (_request, response) => response.writeHead(200).flushHeaders()],
    [
      'a trickle that never pauses for long',
      (): RequestListener => (_request, response) => {
        const timer = setInterval(() => response.write('.'), 20);
        response.on('close', () => clearInterval(timer));
      },
    ],
  ])('ends a slow answer at the total time: %s', async (_name, listener) => {
    const port = await listen(serve(listener()));

    // None of these answers ever ends: only the total time can end the request.
    expect(
      await reasonOf(client({ timeoutMs: 250 }).request({ url: `http://127.0.0.1:${port}/`, method: 'GET' })),
    ).toBe('TOO_SLOW');
  });

  it('counts resolving and the TLS handshake into the total time', async () => {
    const silent = await listen(createTcpServer());
    const never: Resolve = () => new Promise(() => undefined);

    expect(
      await reasonOf(
        client({ timeoutMs: 100, resolve: never }).request({ url: 'http://slow.example/', method: 'GET' }),
      ),
    ).toBe('TOO_SLOW');
    expect(
      await reasonOf(client({ timeoutMs: 100 }).request({ url: `https://127.0.0.1:${silent}/`, method: 'GET' })),
    ).toBe('TOO_SLOW');
  });

  it('tells a name that does not exist from a server that does not answer', async () => {
    const port = await listen(createTcpServer());
    await new Promise((resolve) => servers.pop()!.close(resolve));
    const failing: Resolve = () => Promise.reject(new Error('ENOTFOUND'));

    expect(await reasonOf(client({ resolve: failing }).request({ url: 'http://gone.example/', method: 'GET' }))).toBe(
      'NAME_NOT_RESOLVED',
    );
    expect(await reasonOf(client({ resolve: always() }).request({ url: 'http://empty.example/', method: 'GET' }))).toBe(
      'NAME_NOT_RESOLVED',
    );
    expect(await reasonOf(client().request({ url: `http://127.0.0.1:${port}/`, method: 'GET' }))).toBe('UNREACHABLE');
  });

  it('reports a connection that breaks as unreachable', async () => {
    const port = await listen(createTcpServer((socket) => socket.once('data', () => socket.destroy())));

    expect(await reasonOf(client().request({ url: `http://127.0.0.1:${port}/`, method: 'GET' }))).toBe('UNREACHABLE');
  });

  it('asks for https where it is required, and for http or https everywhere', async () => {
    expect(await reasonOf(client({ requireHttps: true }).request({ url: 'http://a.example/', method: 'GET' }))).toBe(
      'NOT_HTTPS',
    );
    expect(await reasonOf(client().request({ url: 'ftp://a.example/', method: 'GET' }))).toBe('NOT_HTTPS');
    expect(await reasonOf(client().request({ url: 'file:///etc/passwd', method: 'GET' }))).toBe('BAD_REQUEST');
  });

  it.each(['not a url', 'http://', 'http://user:word@a.example/', 'http://user@a.example/'])(
    'refuses the URL %s',
    async (url) => {
      expect(await reasonOf(client({ resolve: always('127.0.0.1') }).request({ url, method: 'GET' }))).toBe(
        'BAD_REQUEST',
      );
    },
  );

  it.each([{ 'x-bad': 'a\r\nx-injected: 1' }, { host: 'other.example' }])('refuses the headers %j', async (headers) => {
    const port = await listen(serve((_request, response) => response.end()));

    expect(await reasonOf(client().request({ url: `http://127.0.0.1:${port}/`, method: 'GET', headers }))).toBe(
      'BAD_REQUEST',
    );
  });

  describe('over TLS', () => {
    const certificate = selfSigned('backend.example');

    it('trusts a certificate of a known authority for the name of the URL only', async () => {
      const port = await listen(createSecureServer(certificate, (_request, response) => response.end('sealed')));
      const trusting = client({
        requireHttps: true,
        resolve: always('127.0.0.1'),
        trustedCertificates: certificate.cert,
      });

      const answer = await trusting.request({ url: `https://backend.example:${port}/`, method: 'GET' });

      expect(answer.body.toString()).toBe('sealed');
      expect(await reasonOf(trusting.request({ url: `https://other.example:${port}/`, method: 'GET' }))).toBe('TLS');
      expect(await reasonOf(trusting.request({ url: `https://127.0.0.1:${port}/`, method: 'GET' }))).toBe('TLS');
    });

    it('refuses a certificate that nobody vouches for', async () => {
      const port = await listen(createSecureServer(certificate, (_request, response) => response.end('sealed')));
      const request = client({ resolve: always('127.0.0.1') }).request({
        url: `https://backend.example:${port}/`,
        method: 'GET',
      });

      expect(await reasonOf(request)).toBe('TLS');
    });

    it('reports a server that speaks no TLS', async () => {
      const port = await listen(serve((_request, response) => response.end()));

      expect(await reasonOf(client().request({ url: `https://127.0.0.1:${port}/`, method: 'GET' }))).toBe('TLS');
    });
  });
});
