import { createImageFiles, type BlobStore, type BlobUrls } from '@daikaifa/blobs';
import { LOGO_LIMITS } from '@daikaifa/rules';
import type { Images } from '../application/ports';

/** The port `Images` on the blob store and its signed addresses. */
export const createImages = (store: BlobStore, urls: () => BlobUrls): Images =>
  createImageFiles({ store, urls, purpose: 'template-logo', limits: LOGO_LIMITS });
