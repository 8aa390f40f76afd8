import { toBuffer, toString } from 'qrcode';

const SIZE_PX = 720;
/** Modules of white around the code: scanners need four. */
const QUIET_ZONE = 4;
/** Level H restores 30 % of the code; the logo with its border hides less than 6 %. */
const LOGO_FRACTION = 0.2;
const LOGO_BORDER_FRACTION = 0.02;

const options = { errorCorrectionLevel: 'H', margin: QUIET_ZONE, width: SIZE_PX } as const;

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

/** @param logo of `prepareLogo`, or null */
export const qrPng = async (content: string, logo: Buffer | null): Promise<Buffer> => {
  const code = await toBuffer(content, { ...options, type: 'png' });
  if (logo === null) {
    return code;
  }
  const sharp = await loadSharp();
  return sharp(code).composite([{ input: logo, gravity: 'centre' }]).png().toBuffer();
};

/** @param logo of `prepareLogo`, or null */
export const qrSvg = async (content: string, logo: Buffer | null): Promise<string> => {
  const code = await toString(content, { ...options, type: 'svg' });
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
