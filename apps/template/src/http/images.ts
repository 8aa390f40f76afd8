import type { BlobStore, BlobUrls } from '@daikaifa/blobs';
import { LOGO_LIMITS, type Image } from '@daikaifa/rules';
import type { Images } from '../application/ports';

/** The port `Images` on the blob store and its signed addresses. */
export const createImages = (store: BlobStore, urls: () => BlobUrls): Images => ({
  createUpload: (publisherId) => {
    const { maxBytes, contentTypes } = LOGO_LIMITS;
    const terms = { tenant: publisherId, purpose: 'template-logo', maxBytes, contentTypes };
    return { ...urls().upload(terms), maxBytes, contentTypes };
  },
  find: async (publisherId, sha256) => {
    const facts = await store.facts(sha256, publisherId);
    if (facts === null || facts.image === null) {
      return null;
    }
    const { widthPx, heightPx } = facts.image;
    const contentType = facts.contentType as Image['contentType'];
    return { sha256, contentType, widthPx, heightPx, sizeBytes: facts.sizeBytes };
  },
  downloadUrl: (sha256) => urls().download(sha256).url,
});
