export { createBlobStore, type BlobFacts, type BlobStore, type PutOptions, type StoredBlob } from './blob-store';
export { createImageFiles, type ImageFiles } from './image-files';
export { inspectImage, type ImageFacts, type ImageLimits } from './inspect-image';
export { findLikeness, type Fingerprint, type Likeness } from './likeness';
export { createBlobUrls, type BlobUrls, type SignedBlobUrl, type UploadTerms } from './blob-urls';
export { createImageInspector, registerBlobRoutes, type BlobRoutesOptions, type UploadInspector } from './blob-routes';
export { fetchBlob, type FetchBlobOptions, type FetchedBlob } from './fetch-blob';
