import type { BlobStore } from './blob-store';
import type { BlobUrls, SignedBlobUrl } from './blob-urls';

/** What may be uploaded as a picture of one purpose. */
interface UploadLimits<ContentType extends string> {
  readonly maxBytes: number;
  readonly contentTypes: readonly ContentType[];
}

interface StoredImage<ContentType extends string> {
  /** SHA-256 of the bytes, lowercase hexadecimal. */
  readonly sha256: string;
  readonly contentType: ContentType;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly sizeBytes: number;
}

/** Pictures of one purpose: where to put them, what is known of them, where to see them. */
export interface ImageFiles<ContentType extends string> {
  createUpload(tenant: string): SignedBlobUrl & UploadLimits<ContentType>;
  /** Null for what the tenant has not put there, and for what is no picture. */
  find(tenant: string, sha256: string): Promise<StoredImage<ContentType> | null>;
  /** For a picture that the viewer may see: the address itself asks nobody. */
  downloadUrl(sha256: string): string;
}

/** @param options.urls asked when needed: the public address may be known only once the server listens */
export const createImageFiles = <ContentType extends string>(options: {
  readonly store: BlobStore;
  readonly urls: () => BlobUrls;
  /** Such as `template-logo`. */
  readonly purpose: string;
  readonly limits: UploadLimits<ContentType>;
}): ImageFiles<ContentType> => {
  const { store, urls, purpose } = options;
  const { maxBytes, contentTypes } = options.limits;
  return {
    createUpload: (tenant) => ({ ...urls().upload({ tenant, purpose, maxBytes, contentTypes }), maxBytes, contentTypes }),
    find: async (tenant, sha256) => {
      const facts = await store.facts(sha256, tenant);
      if (facts === null || facts.image === null) {
        return null;
      }
      const { widthPx, heightPx } = facts.image;
      // The inspector of the upload has let nothing else in.
      const contentType = facts.contentType as ContentType;
      return { sha256, contentType, widthPx, heightPx, sizeBytes: facts.sizeBytes };
    },
    downloadUrl: (sha256) => urls().download(sha256).url,
  };
};
