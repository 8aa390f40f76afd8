import sharp from 'sharp';

const SIDE_PX = 750;

/** A picture that keeps the rules of logos: a square of 750 px, PNG. */
export const drawLogo = (): Promise<Buffer> =>
  sharp(
    Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="${SIDE_PX}" height="${SIDE_PX}">
      <rect width="100%" height="100%" rx="150" fill="#1f6feb"/>
      <path d="M190 520 L330 350 L430 440 L560 230" stroke="#fff" stroke-width="48" fill="none" stroke-linecap="round"/>
      <circle cx="560" cy="230" r="52" fill="#ffd33d"/>
    </svg>`),
  )
    .png()
    .toBuffer();
