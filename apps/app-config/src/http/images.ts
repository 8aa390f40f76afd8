import { createImageFiles, fetchBlob, inspectImage, type BlobStore, type BlobUrls } from '@daikaifa/blobs';
import { AppError, text } from '@daikaifa/kernel';
import { LOGO_LIMITS } from '@daikaifa/rules';
import type { Images } from '../application/ports';

interface Options {
  readonly store: BlobStore;
  readonly urls: () => BlobUrls;
  /** Internal address of the template service. */
  readonly templateUrl: string;
  /** That of the template service's file URLs. */
  readonly secret: string;
}

const unreadable = (sha256: string): AppError =>
  new AppError('INTERNAL_SERVER_ERROR', text('模版 logo 无法读取', 'The logo of the template cannot be read'), {
    details: { sha256 },
  });

/** The port `Images` on the blob store, its signed addresses, and one signed internal GET at the template service. */
export const createImages = ({ store, urls, templateUrl, secret }: Options): Images => ({
  ...createImageFiles({ store, urls, purpose: 'corp-app-logo', limits: LOGO_LIMITS }),
  adopt: async (publisherId, sha256) => {
    if (await store.has(sha256, publisherId)) {
      return;
    }
    const { bytes } = await fetchBlob({ baseUrl: templateUrl, secret, sha256 });
    const inspected = await inspectImage(bytes);
    if (!inspected.ok) {
      throw unreadable(sha256);
    }
    const { contentType, widthPx, heightPx, perceptualHash } = inspected.value;
    await store.put(bytes, { contentType, tenant: publisherId, image: { widthPx, heightPx, perceptualHash } });
  },
});
