import { createHash } from 'node:crypto';
import { createServer, request as httpRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AppError, err, text } from '@daikaifa/kernel';
import { connectMongo, type MongoConnection } from '@daikaifa/mongo';
import { createHttpServer, listen } from '@daikaifa/observability';
import { manualClock, silentLogger, testIdentitySecret, testServers, uniqueName } from '@daikaifa/testing';
import type { FastifyInstance } from 'fastify';
import {
  createBlobStore,
  createBlobUrls,
  fetchBlob,
  inspectImage,
  registerBlobRoutes,
  type BlobStore,
  type BlobUrls,
  type UploadTerms,
} from '../src';
import { animated, logo, otherLogo } from './pictures';

interface Answer {
  readonly status: number;
  readonly body: {
    readonly sha256?: string;
    readonly violations?: ReadonlyArray<{ readonly code: string }>;
    readonly details?: unknown;
  };
}

const secret = testIdentitySecret;
const clock = manualClock();
const terms: UploadTerms = {
  tenant: 'p1',
  purpose: 'logo',
  maxBytes: 100_000,
  contentTypes: ['image/png', 'image/jpeg'],
};

let mongo: MongoConnection;
let store: BlobStore;
let server: FastifyInstance;
let baseUrl: string;
let urls: BlobUrls;

beforeAll(async () => {
  const logger = silentLogger();
  mongo = await connectMongo({ url: testServers().mongoUrl, database: uniqueName('blobs'), maxPoolSize: 4, logger });
  store = createBlobStore({ connection: mongo.connection });
  server = createHttpServer({ service: 'blobs', logger });
  await registerBlobRoutes(server, {
    store,
    secret,
    clock,
    maxBodyBytes: 200_000,
    inspect: (bytes, { purpose }) =>
      purpose === 'refused'
        ? Promise.resolve(
            err([{ field: 'file', code: 'PURPOSE', severity: 'ERROR' as const, text: text('不可', 'no') }]),
          )
        : inspectImage(bytes),
  });
  server.post('/echo', async (request) => request.body);
  baseUrl = await listen(server, { host: '127.0.0.1', port: 0 });
  urls = createBlobUrls({ baseUrl: `${baseUrl}/`, secret, clock });
});

afterAll(async () => {
  await server.close();
  await mongo.close();
});

const put = async (url: string, bytes: Uint8Array, headers: Record<string, string> = {}): Promise<Answer> => {
  const response = await fetch(url, { method: 'PUT', body: new Uint8Array(bytes), headers });
  return { status: response.status, body: (await response.json()) as Answer['body'] };
};

const codes = ({ body }: Answer): readonly string[] => (body.violations ?? []).map(({ code }) => code);

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describe('blob store', () => {
  it('keeps content once, whoever brings it and however often', async () => {
    const bytes = Buffer.from(uniqueName('content'));

    const stored = await Promise.all(
      ['a', 'a', 'b', 'c', 'b', 'a'].map((tenant) => store.put(bytes, { contentType: 'text/plain', tenant })),
    );

    expect(new Set(stored.map((facts) => facts.sha256))).toEqual(new Set([sha256(bytes)]));
    expect(await mongo.connection.collection('blobs').countDocuments({ _id: sha256(bytes) as never })).toBe(1);
    expect(await store.get(sha256(bytes))).toEqual({
      sha256: sha256(bytes),
      contentType: 'text/plain',
      sizeBytes: bytes.length,
      image: null,
      bytes,
    });
    expect(await store.has(sha256(bytes))).toBe(true);
    expect(await store.has(sha256(bytes), 'c')).toBe(true);
    expect(await store.has(sha256(bytes), 'd')).toBe(false);
  });

  it('knows nothing of what was never put, and refuses the empty and the huge', async () => {
    expect(await store.get('0'.repeat(64))).toBeNull();
    expect(await store.has('0'.repeat(64))).toBe(false);
    await expect(store.put(Buffer.alloc(0), { contentType: 'text/plain' })).rejects.toThrow(/bytes/);
    await expect(store.put(Buffer.alloc(8 * 1024 * 1024 + 1), { contentType: 'text/plain' })).rejects.toThrow(/bytes/);
  });

  it('keeps the largest blob whole', async () => {
    const bytes = Buffer.alloc(8 * 1024 * 1024, uniqueName('large'));

    const { sha256: address } = await store.put(bytes, { contentType: 'application/octet-stream' });

    expect(sha256((await store.get(address))!.bytes)).toBe(address);
  });
});

describe('upload by signed URL', () => {
  it('stores a picture, says what it is, and gives it back by a signed URL', async () => {
    const bytes = await logo();

    const answer = await put(urls.upload(terms).url, bytes, { 'content-type': 'image/gif' });
    const download = await fetch(urls.download(sha256(bytes)).url);

    expect(answer).toEqual({
      status: 201,
      body: {
        sha256: sha256(bytes),
        contentType: 'image/png',
        sizeBytes: bytes.length,
        image: { widthPx: 750, heightPx: 750, perceptualHash: expect.any(String) },
      },
    });
    expect(download.status).toBe(200);
    expect(Object.fromEntries(download.headers)).toMatchObject({
      'content-type': 'image/png',
      'content-length': String(bytes.length),
      'x-content-type-options': 'nosniff',
      'cache-control': 'private, max-age=300, immutable',
      etag: `"${sha256(bytes)}"`,
    });
    expect(Buffer.from(await download.arrayBuffer())).toEqual(bytes);
    expect(await store.has(sha256(bytes), 'p1')).toBe(true);
    expect(await store.has(sha256(bytes), 'p2')).toBe(false);
  });

  it('may be repeated', async () => {
    const { url } = urls.upload(terms);
    const bytes = await otherLogo();

    const [first, second] = [await put(url, bytes), await put(url, bytes)];

    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.body).toEqual(first.body);
  });

  it('refuses with every violation, and stores nothing', async () => {
    const bytes = animated(await logo(200));

    const answer = await put(urls.upload({ ...terms, maxBytes: 100 }).url, bytes);

    expect(answer.status).toBe(400);
    expect(codes(answer)).toEqual(['FILE_SIZE', 'IMAGE_ANIMATED']);
    expect(await store.has(sha256(bytes))).toBe(false);
  });

  it('goes by the content, not by the header', async () => {
    const bytes = await logo(100, 'jpeg');

    const answer = await put(urls.upload({ ...terms, contentTypes: ['image/png'] }).url, bytes, {
      'content-type': 'image/png',
    });

    expect(codes(answer)).toEqual(['FILE_TYPE']);
    expect(await store.has(sha256(bytes))).toBe(false);
  });

  it('refuses no picture, no body, and what the purpose does not allow', async () => {
    expect(codes(await put(urls.upload(terms).url, Buffer.from('hello')))).toEqual(['IMAGE_FORMAT']);
    expect(codes(await put(urls.upload(terms).url, Buffer.alloc(0)))).toEqual(['FILE_EMPTY']);
    expect(codes(await put(urls.upload({ ...terms, purpose: 'refused' }).url, await logo(50)))).toEqual(['PURPOSE']);
  });

  it('reads no more than its limit, announced or not', async () => {
    const { url } = urls.upload(terms);

    expect(codes(await put(url, Buffer.alloc(200_001)))).toEqual(['FILE_SIZE']);
    expect(await sendWithoutLength(url, 210_000)).toMatchObject({ status: 400, connection: 'close' });
  });

  it.each<readonly [string, (url: string) => string, string]>([
    ['another tenant', (url) => url.replace('tenant=p1', 'tenant=p2'), 'LINK_SIGNATURE'],
    ['a larger limit', (url) => url.replace('maxBytes=100000', 'maxBytes=900000'), 'LINK_SIGNATURE'],
    ['no signature', (url) => url.replace(/signature=[^&]*/, ''), 'LINK_SIGNATURE'],
  ])('refuses a link changed to %s', async (_name, change, reason) => {
    const bytes = Buffer.from(uniqueName('never'));

    const answer = await put(change(urls.upload(terms).url), bytes);

    expect(answer).toMatchObject({ status: 403, body: { details: { reason } } });
  });

  it('refuses a link that is over', async () => {
    const link = (agoMs: number): string =>
      createBlobUrls({ baseUrl, secret, clock: manualClock(new Date(clock.now().getTime() - agoMs)) }).upload(terms)
        .url;

    expect((await put(link(599_000), await logo(60))).status).toBe(201);
    expect(await put(link(600_000), await logo(60))).toMatchObject({
      status: 403,
      body: { details: { reason: 'LINK_EXPIRED' } },
    });
  });

  it('leaves the body parsers of the other routes as they were', async () => {
    const response = await fetch(`${baseUrl}/echo`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"a":1}',
    });

    expect(await response.json()).toEqual({ a: 1 });
  });
});

describe('download', () => {
  it('needs its own link: one for another blob, for uploading, or none at all is refused', async () => {
    const { sha256: first } = await store.put(await logo(70), { contentType: 'image/png' });
    const { sha256: second } = await store.put(await logo(71), { contentType: 'image/png' });
    const query = urls.download(first).url.split('?')[1];
    const uploadQuery = urls.upload(terms).url.split('?')[1];

    const paths = [
      `blobs/${second}?${query}`,
      `internal/blobs/${first}?${query}`,
      `blobs/${first}`,
      `blobs/${first}?${uploadQuery}`,
    ];
    for (const path of paths) {
      expect((await fetch(`${baseUrl}/${path}`)).status).toBe(403);
    }
  });

  it('answers 304 to who has it, and 404 for what is not there', async () => {
    const { sha256: address } = await store.put(await logo(72), { contentType: 'image/png' });

    expect((await fetch(urls.download(address).url, { headers: { 'if-none-match': `"${address}"` } })).status).toBe(
      304,
    );
    expect((await fetch(urls.download('0'.repeat(64)).url)).status).toBe(404);
    expect((await fetch(urls.download('not-an-address').url)).status).toBe(404);
  });
});

describe('fetchBlob', () => {
  /** Longer than a store stalls: only the answer is tested. */
  const patient = { timeoutMs: 30_000 };

  it('brings the bytes of another service', async () => {
    const bytes = await logo(73);
    const { sha256: address } = await store.put(bytes, { contentType: 'image/png' });

    expect(await fetchBlob({ baseUrl, secret, sha256: address, clock, ...patient })).toEqual({ bytes, contentType: 'image/png' });
  });

  it.each<readonly [string, Partial<Parameters<typeof fetchBlob>[0]>, string, unknown]>([
    ['an unknown blob', { sha256: '0'.repeat(64) }, 'NOT_FOUND', undefined],
    ['another secret', { secret: `${testIdentitySecret}-other` }, 'UNAVAILABLE', 'STATUS_403'],
    ['more bytes than wanted', { maxBytes: 10 }, 'UNAVAILABLE', 'TOO_LARGE'],
    ['a service that is away', { baseUrl: 'http://127.0.0.1:1' }, 'UNAVAILABLE', 'UNREACHABLE'],
  ])('reports %s', async (_name, change, code, reason) => {
    const { sha256: address } = await store.put(await logo(74), { contentType: 'image/png' });

    const failure = await fetchBlob({ baseUrl, secret, sha256: address, clock, ...patient, ...change }).catch(
      (error: unknown) => error,
    );

    expect(failure).toBeInstanceOf(AppError);
    expect([(failure as AppError).code, (failure as AppError).details['reason']]).toEqual([code, reason]);
  });

  describe('from a service that answers wrongly', () => {
    let wrong: Server;
    let wrongUrl: string;

    beforeAll(async () => {
      wrong = createServer((request, response) => {
        if (!request.url?.includes('f'.repeat(64))) {
          response.end('other content');
        }
      });
      await new Promise<void>((resolve) => wrong.listen(0, '127.0.0.1', resolve));
      wrongUrl = `http://127.0.0.1:${(wrong.address() as AddressInfo).port}`;
    });
    afterAll(async () => {
      wrong.closeAllConnections();
      await new Promise((resolve) => wrong.close(resolve));
    });

    it('takes no other content, and does not wait for ever', async () => {
      const other = fetchBlob({ baseUrl: wrongUrl, secret, sha256: 'e'.repeat(64), ...patient });
      const silent = fetchBlob({ baseUrl: wrongUrl, secret, sha256: 'f'.repeat(64), timeoutMs: 100 });

      // Both at once: either may be the first, and a rejection that nobody waits for yet fails the test.
      await Promise.all([
        expect(other).rejects.toMatchObject({ code: 'UNAVAILABLE', details: { reason: 'OTHER_CONTENT' } }),
        expect(silent).rejects.toMatchObject({ code: 'UNAVAILABLE', details: { reason: 'UNREACHABLE' } }),
      ]);
    });
  });
});

const sendWithoutLength = (
  url: string,
  sizeBytes: number,
): Promise<{ status: number | undefined; connection: string | undefined }> =>
  new Promise((resolve, reject) => {
    const sending = httpRequest(url, { method: 'PUT' }, (response) => {
      response.resume();
      resolve({ status: response.statusCode, connection: response.headers.connection });
    });
    sending.once('error', reject);
    sending.write(Buffer.alloc(sizeBytes));
    sending.end();
  });
