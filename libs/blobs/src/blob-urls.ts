import { systemClock, type Clock } from '@daikaifa/kernel';
import { signUrl } from '@daikaifa/security';

export const PUBLIC_PATH = '/blobs';
/** For other services; a proxy in front of the public address need not pass it. */
export const INTERNAL_PATH = '/internal/blobs';

const UPLOAD_TTL_SEC = 600;
const DOWNLOAD_TTL_SEC = 300;

export interface UploadTerms {
  readonly tenant: string;
  /** What it is for (`template-logo`); the inspector of the routes may go by it. */
  readonly purpose: string;
  readonly maxBytes: number;
  readonly contentTypes: readonly string[];
}

export interface SignedBlobUrl {
  readonly url: string;
  readonly expiresAt: Date;
}

export interface BlobUrls {
  /** For one PUT of the file as the body; default 600 s. */
  upload(terms: UploadTerms, options?: { readonly ttlSec?: number }): SignedBlobUrl;
  /** For GET; default 300 s. Only for content that the viewer may see: the URL itself asks nobody. */
  download(sha256: string, options?: { readonly ttlSec?: number }): SignedBlobUrl;
}

/**
 * @param options.baseUrl public address of the owning service
 * @param options.secret the one that its `registerBlobRoutes` has
 */
export const createBlobUrls = (options: {
  readonly baseUrl: string;
  readonly secret: string;
  readonly clock?: Clock;
}): BlobUrls => {
  const prefix = options.baseUrl.replace(/\/+$/, '');
  const until = (ttlSec: number): Date => new Date((options.clock ?? systemClock).now().getTime() + ttlSec * 1000);
  const signed = (parts: Parameters<typeof signUrl>[0], expiresAt: Date): SignedBlobUrl => ({
    url: prefix + signUrl(parts, options.secret, expiresAt),
    expiresAt,
  });
  return {
    upload: (terms, { ttlSec = UPLOAD_TTL_SEC } = {}) =>
      signed({ method: 'PUT', path: PUBLIC_PATH, terms: writeTerms(terms) }, until(ttlSec)),
    download: (sha256, { ttlSec = DOWNLOAD_TTL_SEC } = {}) =>
      signed({ method: 'GET', path: `${PUBLIC_PATH}/${sha256}` }, until(ttlSec)),
  };
};

const writeTerms = (terms: UploadTerms): Readonly<Record<string, string>> => ({
  tenant: terms.tenant,
  purpose: terms.purpose,
  maxBytes: String(terms.maxBytes),
  contentTypes: terms.contentTypes.join(','),
});

/** The terms of a verified URL; only our own signature vouches for their form. */
export const readTerms = (terms: Readonly<Record<string, string>>): UploadTerms => ({
  tenant: terms['tenant'] ?? '',
  purpose: terms['purpose'] ?? '',
  maxBytes: Number(terms['maxBytes'] ?? 0),
  contentTypes: (terms['contentTypes'] ?? '').split(','),
});
