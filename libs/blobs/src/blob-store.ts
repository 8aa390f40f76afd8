import { orUnavailable, type MongoConnection } from '@daikaifa/mongo';
import { contentAddress } from './content-address';
import type { ImageFacts } from './inspect-image';

/** A document of MongoDB takes 16 MB; nothing here comes near it. */
const MAX_BYTES = 8 * 1024 * 1024;

export type ImageMeasures = Pick<ImageFacts, 'widthPx' | 'heightPx' | 'perceptualHash'>;

export interface BlobFacts {
  /** The content address: SHA-256 in lowercase hexadecimal. */
  readonly sha256: string;
  readonly contentType: string;
  readonly sizeBytes: number;
  readonly image: ImageMeasures | null;
}

export interface StoredBlob extends BlobFacts {
  readonly bytes: Buffer;
}

export interface PutOptions {
  readonly contentType: string;
  /** Who brought it; one content may be brought by several. */
  readonly tenant?: string;
  readonly image?: ImageMeasures;
}

/** One document per content. Nothing is ever changed, so a blob that was read once may be cached for ever. */
export interface BlobStore {
  /**
   * The same bytes again give the same address and change nothing but the list of tenants.
   * @throws Error when empty or over 8 MB; AppError UNAVAILABLE while MongoDB is away
   */
  put(bytes: Uint8Array, options: PutOptions): Promise<BlobFacts>;
  get(sha256: string): Promise<StoredBlob | null>;
  /** What is known of it, without the bytes; with a tenant only when that tenant brought it. */
  facts(sha256: string, tenant?: string): Promise<BlobFacts | null>;
  has(sha256: string, tenant?: string): Promise<boolean>;
}

interface BlobDocument {
  _id: string;
  bytes: Buffer;
  contentType: string;
  sizeBytes: number;
  image: ImageMeasures | null;
  tenants: string[];
  createdAt: Date;
}

const toFacts = (document: Omit<BlobDocument, 'bytes' | 'tenants' | 'createdAt'>): BlobFacts => ({
  sha256: document._id,
  contentType: document.contentType,
  sizeBytes: document.sizeBytes,
  image: document.image,
});

/** @param options.connection of the owning service; the collection is `blobs` */
export const createBlobStore = (options: {
  readonly connection: MongoConnection['connection'];
  readonly collection?: string;
}): BlobStore => {
  const blobs = options.connection.collection<BlobDocument>(options.collection ?? 'blobs');

  const facts: BlobStore['facts'] = (sha256, tenant) =>
    orUnavailable(async () => {
      const found = await blobs.findOne(
        { _id: sha256, ...(tenant === undefined ? {} : { tenants: tenant }) },
        { projection: { bytes: 0 } },
      );
      return found === null ? null : toFacts(found);
    });

  const write = async (sha256: string, bytes: Uint8Array, put: PutOptions): Promise<void> => {
    await blobs.updateOne(
      { _id: sha256 },
      {
        $setOnInsert: {
          bytes: Buffer.from(bytes),
          contentType: put.contentType,
          sizeBytes: bytes.length,
          image: put.image ?? null,
          createdAt: new Date(),
        },
        $addToSet: { tenants: { $each: put.tenant === undefined ? [] : [put.tenant] } },
      },
      { upsert: true },
    );
  };

  return {
    put: async (bytes, put) => {
      if (bytes.length === 0 || bytes.length > MAX_BYTES) {
        throw new Error(`a blob has 1 to ${MAX_BYTES} bytes, not ${bytes.length}`);
      }
      const sha256 = contentAddress(bytes);
      // Two first writers at once: the server tries the loser's upsert again by itself, since it is by _id alone.
      await orUnavailable(() => write(sha256, bytes, put));
      return (await facts(sha256))!;
    },
    get: (sha256) =>
      orUnavailable(async () => {
        const found = await blobs.findOne({ _id: sha256 }, { promoteBuffers: true });
        return found === null ? null : { ...toFacts(found), bytes: found.bytes };
      }),
    facts,
    has: async (sha256, tenant) => (await facts(sha256, tenant)) !== null,
  };
};
