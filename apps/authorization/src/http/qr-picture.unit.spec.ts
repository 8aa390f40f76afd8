import { scanImageData } from '@undecaf/zbar-wasm';
import sharp from 'sharp';
import { prepareLogo, qrPng, qrSvg } from './qr-picture';

const URL_OF_WECOM =
  'https://open.work.weixin.qq.com/3rdapp/install?suite_id=dk0123456789abcdef&pre_auth_code=' +
  `${'0123456789abcdef'.repeat(4)}&redirect_uri=https%3A%2F%2Fexample.com%2Fdone&state=0123456789abcdef`;

/** Codes of every size that a link can have. */
const CONTENTS = [40, 60, 80, 100, 120, 140, 160, 180, 200, URL_OF_WECOM.length].map((length) => URL_OF_WECOM.slice(0, length));

const newLogo = async (): Promise<Buffer> =>
  prepareLogo(await sharp({ create: { width: 750, height: 750, channels: 3, background: '#c81e1e' } }).png().toBuffer());

/** As a scanner sees it that knows nothing of how the picture was made. */
const scan = async (picture: Buffer): Promise<string | undefined> => {
  const { data, info } = await sharp(picture).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  const [symbol] = await scanImageData({ data: new Uint8ClampedArray(data), width: info.width, height: info.height, colorSpace: 'srgb' });
  return symbol?.decode();
};

describe('the picture of a link', () => {
  it.each([
    { kind: 'PNG', paint: qrPng },
    { kind: 'SVG', paint: async (content: string, logo: Buffer | null) => Buffer.from(await qrSvg(content, logo)) },
  ])('is read by a scanner as $kind, whatever its length, with a logo and without', async ({ paint }) => {
    const logo = await newLogo();
    const plain = await Promise.all(CONTENTS.map(async (content) => scan(await paint(content, null))));
    const withLogo = await Promise.all(CONTENTS.map(async (content) => scan(await paint(content, logo))));

    expect(plain).toEqual(CONTENTS);
    expect(withLogo).toEqual(CONTENTS);
  });

  it('is 720 pixels wide and high, grey without a logo and in its colours with one', async () => {
    const plain = await sharp(await qrPng(URL_OF_WECOM, null)).metadata();
    const { data } = await sharp(await qrPng(URL_OF_WECOM, await newLogo()))
      .extract({ left: 360, top: 360, width: 1, height: 1 })
      .removeAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });

    expect(plain).toMatchObject({ width: 720, height: 720, channels: 1 });
    expect([...data]).toEqual([0xc8, 0x1e, 0x1e]);
  });
});
