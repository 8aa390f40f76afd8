import type { Readable } from 'node:stream';
import {
  badUserInput,
  err,
  notFound,
  systemClock,
  text,
  type Clock,
  type Result,
  type Violation,
} from '@daikaifa/kernel';
import { verifySignedUrl, type VerifiedUrl } from '@daikaifa/security';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { BlobStore } from './blob-store';
import { INTERNAL_PATH, PUBLIC_PATH, readTerms, type UploadTerms } from './blob-urls';
import { isContentAddress } from './content-address';
import { fileViolation } from './file-violation';
import { inspectImage, type ImageFacts } from './inspect-image';
import { readUpload } from './read-upload';

/** Says what an uploaded file is, or everything that is wrong with it. */
export type UploadInspector = (bytes: Buffer, terms: UploadTerms) => Promise<Result<ImageFacts, readonly Violation[]>>;

/** Asks a picture's own rules when it is uploaded, and not only when it is named. */
export const createImageInspector =
  (check: (image: ImageFacts) => readonly Violation[]): UploadInspector =>
  async (bytes) => {
    const inspected = await inspectImage(bytes);
    const errors = inspected.ok ? check(inspected.value) : [];
    return errors.length > 0 ? err(errors) : inspected;
  };

export interface BlobRoutesOptions {
  readonly store: BlobStore;
  /** Of `createBlobUrls` and `fetchBlob`, at least 32 bytes. */
  readonly secret: string;
  /**
   * What is read of a body at all, default 4 MB. Larger than the limits in the URLs on purpose: a file that is only
   * somewhat too large still gets its other faults named.
   */
  readonly maxBodyBytes?: number;
  /** Default: `inspectImage`. */
  readonly inspect?: UploadInspector;
  readonly clock?: Clock;
}

const DEFAULT_MAX_BODY_BYTES = 4 * 1024 * 1024;

const sizeViolation = (maxBytes: number, given: string): Violation =>
  fileViolation('FILE_SIZE', text('文件过大', 'The file is too large'), { limit: `${maxBytes} bytes`, given });

const typeViolation = (terms: UploadTerms, given: string): Violation =>
  fileViolation('FILE_TYPE', text('不接受此类文件', 'This kind of file is not accepted here'), {
    limit: terms.contentTypes.join(', '),
    given,
  });

const inspectUpload = async (
  bytes: Buffer,
  terms: UploadTerms,
  inspect: UploadInspector,
): Promise<Result<ImageFacts, readonly Violation[]>> => {
  const inspected = await inspect(bytes, terms);
  const violations: Violation[] = inspected.ok ? [] : [...inspected.error];
  if (bytes.length > terms.maxBytes) {
    violations.unshift(sizeViolation(terms.maxBytes, `${bytes.length} bytes`));
  }
  if (inspected.ok && !terms.contentTypes.includes(inspected.value.contentType)) {
    violations.push(typeViolation(terms, inspected.value.contentType));
  }
  return violations.length > 0 ? err(violations) : inspected;
};

const addUpload = (server: FastifyInstance, options: BlobRoutesOptions): void => {
  const maxBodyBytes = options.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES;
  const inspect = options.inspect ?? ((bytes: Buffer) => inspectImage(bytes));
  const verified = new WeakMap<FastifyRequest, VerifiedUrl>();
  // The body stays a stream, so that its limit is ours and whoever has no signature is refused before it is read.
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', (_request, payload, done) => done(null, payload));

  server.put(
    PUBLIC_PATH,
    {
      onRequest: (request, _reply, done) => {
        verified.set(request, verifySignedUrl({ method: 'PUT', url: request.url }, options.secret, options.clock));
        done();
      },
    },
    async (request, reply) => {
      const terms = readTerms(verified.get(request)!.terms);
      const announced = Number(request.headers['content-length'] ?? 0);
      const body = (request.body ?? request.raw) as Readable;
      const bytes = announced > maxBodyBytes ? null : await readUpload(body, maxBodyBytes);
      if (bytes === null) {
        // The rest of the body is not waited for.
        void reply.header('connection', 'close');
        body.resume();
        throw badUserInput([sizeViolation(terms.maxBytes, `> ${maxBodyBytes} bytes`)]);
      }
      const inspected = await inspectUpload(bytes, terms, inspect);
      if (!inspected.ok) {
        throw badUserInput(inspected.error);
      }
      const { contentType, widthPx, heightPx, perceptualHash } = inspected.value;
      const image = { widthPx, heightPx, perceptualHash };
      return reply.code(201).send(await options.store.put(bytes, { contentType, tenant: terms.tenant, image }));
    },
  );
};

const sendBlob = async (
  store: BlobStore,
  request: FastifyRequest<{ Params: { sha256: string } }>,
  reply: FastifyReply,
  maxAgeSec: number,
): Promise<FastifyReply> => {
  const { sha256 } = request.params;
  const blob = isContentAddress(sha256) ? await store.get(sha256) : null;
  if (blob === null) {
    throw notFound(text('文件', 'File'), sha256);
  }
  void reply.headers({
    etag: `"${sha256}"`,
    'cache-control': `private, max-age=${maxAgeSec}, immutable`,
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; sandbox",
  });
  return request.headers['if-none-match'] === `"${sha256}"`
    ? reply.code(304).send()
    : reply.type(blob.contentType).send(blob.bytes);
};

const addDownloads = (server: FastifyInstance, options: BlobRoutesOptions): void => {
  const clock = options.clock ?? systemClock;
  for (const path of [PUBLIC_PATH, INTERNAL_PATH]) {
    server.get<{ Params: { sha256: string } }>(`${path}/:sha256`, async (request, reply) => {
      const { expiresAt } = verifySignedUrl({ method: 'GET', url: request.url }, options.secret, clock);
      const maxAgeSec = Math.floor((expiresAt.getTime() - clock.now().getTime()) / 1000);
      return sendBlob(options.store, request, reply, maxAgeSec);
    });
  }
};

/**
 * The files of one service over HTTP:
 * - `PUT /blobs?…` signed: 201 with BlobFacts; 400 with every violation; 403 for a wrong or old link
 * - `GET /blobs/<sha256>?…` signed, for browsers, and `GET /internal/blobs/<sha256>?…` signed, for other services
 *
 * Errors are thrown as AppError: the server's own error handler writes them.
 */
export const registerBlobRoutes = async (server: FastifyInstance, options: BlobRoutesOptions): Promise<void> => {
  await server.register(async (scope) => {
    addUpload(scope, options);
    addDownloads(scope, options);
  });
};
