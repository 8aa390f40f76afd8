import { err, ok, text, type Result, type Violation } from '@daikaifa/kernel';
import { contentAddress } from './content-address';
import { fileViolation } from './file-violation';

export interface ImageFacts {
  /** By content, whatever the sender called it. */
  readonly contentType: 'image/png' | 'image/jpeg';
  readonly widthPx: number;
  readonly heightPx: number;
  readonly sizeBytes: number;
  readonly sha256: string;
  /** 64 bits as 16 hexadecimal digits; alike pictures differ in few bits, also when scaled or compressed again. */
  readonly perceptualHash: string;
}

export interface ImageLimits {
  /** Width × height; default 4096 × 4096. A few kilobytes can claim gigabytes of pixels. */
  readonly maxPixels?: number;
}

const DEFAULT_MAX_PIXELS = 4096 * 4096;
const DECODE_TIMEOUT_SEC = 10;
const PNG_SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const JPEG_SIGNATURE = Buffer.from([0xff, 0xd8, 0xff]);
const HASH_WIDTH = 9;
const HASH_HEIGHT = 8;

/** Only these two reach the decoder: it also knows formats that run scripts of their own or load files. */
const sniff = (bytes: Buffer): ImageFacts['contentType'] | undefined => {
  if (bytes.subarray(0, PNG_SIGNATURE.length).equals(PNG_SIGNATURE)) {
    return 'image/png';
  }
  return bytes.subarray(0, JPEG_SIGNATURE.length).equals(JPEG_SIGNATURE) ? 'image/jpeg' : undefined;
};

/** An animated PNG says so in a chunk before the first picture; the decoder would quietly take that picture. */
const isAnimatedPng = (bytes: Buffer): boolean => {
  for (let offset = PNG_SIGNATURE.length; offset + 8 <= bytes.length;) {
    const kind = bytes.toString('latin1', offset + 4, offset + 8);
    if (kind === 'acTL') {
      return true;
    }
    if (kind === 'IDAT' || kind === 'IEND') {
      return false;
    }
    offset += bytes.readUInt32BE(offset) + 12;
  }
  return false;
};

/** Difference hash: each bit says whether a point of a 9 × 8 grey thumbnail is brighter than its right neighbour. */
const differenceHash = (grey: Buffer): string => {
  let hash = 0n;
  for (let row = 0; row < HASH_HEIGHT; row += 1) {
    for (let column = 0; column < HASH_WIDTH - 1; column += 1) {
      const offset = row * HASH_WIDTH + column;
      hash = (hash << 1n) | (grey[offset]! > grey[offset + 1]! ? 1n : 0n);
    }
  }
  return hash.toString(16).padStart(16, '0');
};

const unreadable = (): Violation =>
  fileViolation('IMAGE_UNREADABLE', text('图片已损坏，无法读取', 'The picture is damaged and cannot be read'));

const tooManyPixels = (maxPixels: number, given: string): Violation =>
  fileViolation('IMAGE_PIXELS', text('图片像素过多', 'The picture has too many pixels'), {
    limit: `${maxPixels} px`,
    given,
  });

/**
 * What an image file really is, by its content; the whole picture is decoded once, so a damaged one is found.
 * Violations (field `file`): FILE_EMPTY, IMAGE_FORMAT, IMAGE_UNREADABLE, IMAGE_ANIMATED, IMAGE_PIXELS.
 */
export const inspectImage = async (
  input: Uint8Array,
  limits: ImageLimits = {},
): Promise<Result<ImageFacts, readonly Violation[]>> => {
  const bytes = Buffer.from(input.buffer, input.byteOffset, input.byteLength);
  const maxPixels = limits.maxPixels ?? DEFAULT_MAX_PIXELS;
  if (bytes.length === 0) {
    return err([fileViolation('FILE_EMPTY', text('文件为空', 'The file is empty'))]);
  }
  const contentType = sniff(bytes);
  if (contentType === undefined) {
    return err([
      fileViolation('IMAGE_FORMAT', text('文件内容须为 PNG 或 JPEG 图片', 'The content must be a PNG or JPEG picture')),
    ]);
  }
  const violations: Violation[] = [];
  if (contentType === 'image/png' && isAnimatedPng(bytes)) {
    violations.push(fileViolation('IMAGE_ANIMATED', text('不接受动态图片', 'Animated pictures are not accepted')));
  }
  // Not before the first picture: the decoder takes memory that a process without pictures does not need.
  const { default: sharp } = await import('sharp');
  const options = { limitInputPixels: false, failOn: 'error', sequentialRead: true } as const;
  try {
    // The header alone; nothing is decoded yet.
    const { width, height } = await sharp(bytes, options).metadata();
    if (width * height > maxPixels) {
      return err([...violations, tooManyPixels(maxPixels, `${width}×${height}`)]);
    }
    const grey = await sharp(bytes, { ...options, limitInputPixels: maxPixels })
      .timeout({ seconds: DECODE_TIMEOUT_SEC })
      .flatten({ background: '#ffffff' })
      .resize(HASH_WIDTH, HASH_HEIGHT, { fit: 'fill' })
      .toColourspace('b-w')
      .raw()
      .toBuffer();
    return violations.length > 0
      ? err(violations)
      : ok({
          contentType,
          widthPx: width,
          heightPx: height,
          sizeBytes: bytes.length,
          sha256: contentAddress(bytes),
          perceptualHash: differenceHash(grey),
        });
  } catch {
    return err([...violations, unreadable()]);
  }
};
