import { create, toString } from 'qrcode';

const SIZE_PX = 720;
const WHITE = 255;
const BLACK = 0;
/** Modules of white around the code: scanners need four. */
const QUIET_ZONE = 4;
/** Of the picture. Level H restores 30 % of a code; the logo with its border hides less than 8 % of the smallest one. */
const LOGO_FRACTION = 0.18;
const LOGO_BORDER_FRACTION = 0.02;

const LEVEL = { errorCorrectionLevel: 'H' } as const;

const LOGO_PX = Math.round(SIZE_PX * LOGO_FRACTION);
const BORDER_PX = Math.round(SIZE_PX * LOGO_BORDER_FRACTION);

/** Not before the first picture: it takes memory that a process without pictures does not need. */
const loadSharp = async () => (await import('sharp')).default;

/** A logo as it stands inside the code: square, on white, PNG. */
export const prepareLogo = async (bytes: Buffer): Promise<Buffer> => {
  const sharp = await loadSharp();
  return sharp(bytes)
    .resize(LOGO_PX, LOGO_PX, { fit: 'cover' })
    .flatten({ background: '#ffffff' })
    .extend({ top: BORDER_PX, bottom: BORDER_PX, left: BORDER_PX, right: BORDER_PX, background: '#ffffff' })
    .png()
    .toBuffer();
};

/** One byte per pixel. A module is a number of whole pixels, which some scanners need; what is left over widens the quiet zone. */
const drawModules = (content: string): Buffer => {
  const { modules } = create(content, LEVEL);
  const modulePx = Math.floor(SIZE_PX / (modules.size + 2 * QUIET_ZONE));
  const edgePx = Math.floor((SIZE_PX - modules.size * modulePx) / 2);
  const pixels = Buffer.alloc(SIZE_PX * SIZE_PX, WHITE);
  for (let row = 0; row < modules.size; row += 1) {
    const firstLine = (edgePx + row * modulePx) * SIZE_PX;
    for (let column = 0; column < modules.size; column += 1) {
      if (modules.get(row, column) === 1) {
        const from = firstLine + edgePx + column * modulePx;
        pixels.fill(BLACK, from, from + modulePx);
      }
    }
    for (let line = 1; line < modulePx; line += 1) {
      pixels.copyWithin(firstLine + line * SIZE_PX, firstLine, firstLine + SIZE_PX);
    }
  }
  return pixels;
};

/**
 * Packed by sharp, outside the event loop: the painter of `qrcode` holds it up for 40 ms per picture.
 * @param logo of `prepareLogo`, or null
 */
export const qrPng = async (content: string, logo: Buffer | null): Promise<Buffer> => {
  const sharp = await loadSharp();
  return sharp(drawModules(content), { raw: { width: SIZE_PX, height: SIZE_PX, channels: 1 } })
    .composite(logo === null ? [] : [{ input: logo, gravity: 'centre' }])
    .toColourspace(logo === null ? 'b-w' : 'srgb')
    .png({ adaptiveFiltering: true })
    .toBuffer();
};

/** @param logo of `prepareLogo`, or null */
export const qrSvg = async (content: string, logo: Buffer | null): Promise<string> => {
  const code = await toString(content, { ...LEVEL, margin: QUIET_ZONE, width: SIZE_PX, type: 'svg' });
  if (logo === null) {
    return code;
  }
  // The code is drawn in modules: the logo takes its fraction of that drawing.
  const side = Number(/viewBox="0 0 (\d+) \d+"/.exec(code)?.[1]);
  const logoSide = side * (LOGO_FRACTION + 2 * LOGO_BORDER_FRACTION);
  const at = (side - logoSide) / 2;
  const href = `data:image/png;base64,${logo.toString('base64')}`;
  const image = `<image x="${at}" y="${at}" width="${logoSide}" height="${logoSide}" href="${href}"/>`;
  return code.replace('</svg>', `${image}</svg>`);
};
