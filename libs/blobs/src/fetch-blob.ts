import { AppError, notFound, systemClock, text, type Clock } from '@daikaifa/kernel';
import { signUrl } from '@daikaifa/security';
import { request, type Dispatcher } from 'undici';
import { INTERNAL_PATH } from './blob-urls';
import { contentAddress } from './content-address';

const LINK_TTL_SEC = 60;
const DEFAULT_TIMEOUT_MS = 5_000;
const DEFAULT_MAX_BYTES = 4 * 1024 * 1024;

export interface FetchBlobOptions {
  /** Internal address of the owning service. */
  readonly baseUrl: string;
  readonly secret: string;
  readonly sha256: string;
  /** Default 4 MB. */
  readonly maxBytes?: number;
  /** Total time, default 5000. */
  readonly timeoutMs?: number;
  readonly clock?: Clock;
}

export interface FetchedBlob {
  readonly bytes: Buffer;
  readonly contentType: string;
}

const unavailable = (reason: string, cause?: unknown): AppError =>
  new AppError('UNAVAILABLE', text('暂时无法取得文件', 'The file cannot be fetched at the moment'), {
    details: { reason },
    cause,
  });

const readLimited = async (response: Dispatcher.ResponseData, maxBytes: number): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response.body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) {
      throw unavailable('TOO_LARGE');
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
};

const receive = async (url: string, options: FetchBlobOptions): Promise<FetchedBlob> => {
  const response = await request(url, { signal: AbortSignal.timeout(options.timeoutMs ?? DEFAULT_TIMEOUT_MS) });
  if (response.statusCode !== 200) {
    await response.body.dump();
    throw response.statusCode === 404
      ? notFound(text('文件', 'File'), options.sha256)
      : unavailable(`STATUS_${response.statusCode}`);
  }
  const bytes = await readLimited(response, options.maxBytes ?? DEFAULT_MAX_BYTES);
  if (contentAddress(bytes) !== options.sha256) {
    throw unavailable('OTHER_CONTENT');
  }
  const contentType = response.headers['content-type'];
  return { bytes, contentType: typeof contentType === 'string' ? contentType : 'application/octet-stream' };
};

/**
 * The bytes of another service's blob, proved by their hash.
 * @throws AppError NOT_FOUND; UNAVAILABLE with `details.reason` UNREACHABLE, TOO_LARGE, OTHER_CONTENT or STATUS_<n>
 */
export const fetchBlob = async (options: FetchBlobOptions): Promise<FetchedBlob> => {
  const expiresAt = new Date((options.clock ?? systemClock).now().getTime() + LINK_TTL_SEC * 1000);
  const path = signUrl({ method: 'GET', path: `${INTERNAL_PATH}/${options.sha256}` }, options.secret, expiresAt);
  try {
    return await receive(options.baseUrl.replace(/\/+$/, '') + path, options);
  } catch (error) {
    throw error instanceof AppError ? error : unavailable('UNREACHABLE', error);
  }
};
