import { createHash } from 'node:crypto';
import sharp from 'sharp';
import { animated, claiming, logo, otherLogo } from '../test/pictures';
import { inspectImage, type ImageFacts } from './inspect-image';
import { findLikeness } from './likeness';

const facts = async (bytes: Uint8Array): Promise<ImageFacts> => {
  const result = await inspectImage(bytes);
  if (!result.ok) {
    throw new Error(result.error.map(({ code }) => code).join());
  }
  return result.value;
};

const codes = async (bytes: Uint8Array, maxPixels?: number): Promise<readonly string[]> => {
  const result = await inspectImage(bytes, maxPixels === undefined ? {} : { maxPixels });
  return result.ok ? [] : result.error.map(({ code }) => code);
};

describe('inspectImage', () => {
  it.each(['png', 'jpeg'] as const)('says what a %s really is', async (format) => {
    const bytes = await logo(750, format);

    expect(await facts(bytes)).toEqual({
      contentType: `image/${format}`,
      widthPx: 750,
      heightPx: 750,
      sizeBytes: bytes.length,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      perceptualHash: expect.stringMatching(/^[0-9a-f]{16}$/),
    });
  });

  it('reads a view into a larger buffer', async () => {
    const bytes = await logo(64);
    const around = new Uint8Array(Buffer.concat([Buffer.alloc(5, 1), bytes, Buffer.alloc(5, 1)]));

    expect(await facts(around.subarray(5, 5 + bytes.length))).toEqual(await facts(bytes));
  });

  it.each<readonly [string, () => Promise<Buffer> | Buffer]>([
    ['text', () => Buffer.from('not a picture')],
    ['a web page', () => Buffer.from('<html></html>')],
    ['an SVG', () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>')],
    [
      'a GIF',
      () =>
        sharp({ create: { width: 2, height: 2, channels: 3, background: 'red' } })
          .gif()
          .toBuffer(),
    ],
    [
      'a WebP',
      () =>
        sharp({ create: { width: 2, height: 2, channels: 3, background: 'red' } })
          .webp()
          .toBuffer(),
    ],
    [
      'a TIFF',
      () =>
        sharp({ create: { width: 2, height: 2, channels: 3, background: 'red' } })
          .tiff()
          .toBuffer(),
    ],
  ])('refuses %s', async (_name, make) => {
    expect(await codes(await make())).toEqual(['IMAGE_FORMAT']);
  });

  it('refuses an empty file', async () => {
    expect(await codes(Buffer.alloc(0))).toEqual(['FILE_EMPTY']);
  });

  it.each<readonly [string, (png: Buffer, jpeg: Buffer) => Buffer]>([
    ['a PNG that ends early', (png) => png.subarray(0, Math.floor(png.length / 2))],
    ['a JPEG that ends early', (_png, jpeg) => jpeg.subarray(0, Math.floor(jpeg.length / 2))],
    ['a PNG signature with nothing behind it', (png) => png.subarray(0, 8)],
    [
      'a PNG signature before text',
      (png) => Buffer.concat([png.subarray(0, 8), Buffer.from('hello hello hello hello')]),
    ],
    ['a JPEG signature before text', () => Buffer.concat([Buffer.from([0xff, 0xd8, 0xff]), Buffer.from('hello')])],
  ])('refuses %s', async (_name, damage) => {
    expect(await codes(damage(await logo(), await logo(750, 'jpeg')))).toEqual(['IMAGE_UNREADABLE']);
  });

  it('refuses an animated PNG', async () => {
    expect(await codes(animated(await logo(64)))).toEqual(['IMAGE_ANIMATED']);
  });

  it('refuses a small file that claims a huge picture before decoding it, with its other faults', async () => {
    const bomb = claiming(await logo(64), 60_000, 60_000);

    expect(await codes(bomb)).toEqual(['IMAGE_PIXELS']);
    expect(await codes(animated(bomb))).toEqual(['IMAGE_ANIMATED', 'IMAGE_PIXELS']);
  });

  it('takes a picture of exactly the limit', async () => {
    expect(await codes(await logo(64), 64 * 64)).toEqual([]);
    expect(await codes(await logo(64), 64 * 64 - 1)).toEqual(['IMAGE_PIXELS']);
  });
});

describe('findLikeness', () => {
  it('recognises a picture that was scaled and compressed again, and not another one', async () => {
    const known = [
      { name: 'other', perceptualHash: (await facts(await otherLogo())).perceptualHash },
      { name: 'ours', perceptualHash: (await facts(await logo())).perceptualHash },
    ];
    const copy = await sharp(await logo())
      .resize(400, 400)
      .modulate({ brightness: 1.05 })
      .jpeg({ quality: 60 })
      .toBuffer();

    const likeness = findLikeness((await facts(copy)).perceptualHash, known);

    expect(likeness.checked).toBe(true);
    expect(likeness.matches.map(({ name }) => name)).toEqual(['ours']);
  });

  it('counts differing bits, nearest first, up to the limit', () => {
    const known = [
      { name: 'far', perceptualHash: 'ffffffffffffffff' },
      { name: 'eleven', perceptualHash: '00000000000007ff' },
      { name: 'ten', perceptualHash: '00000000000003ff' },
      { name: 'one', perceptualHash: '8000000000000000' },
    ];

    expect(findLikeness('0000000000000000', known).matches).toEqual([
      { name: 'one', distance: 1 },
      { name: 'ten', distance: 10 },
    ]);
  });

  it('says that nothing was checked where no picture is known', () => {
    expect(findLikeness('0000000000000000')).toEqual({ checked: false, matches: [] });
  });
});
