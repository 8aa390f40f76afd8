import { crc32 } from 'node:zlib';
import sharp from 'sharp';

/** A picture with structure: a disc and bars, so that it has something to resemble. */
export const logo = (sizePx = 750, format: 'png' | 'jpeg' = 'png'): Promise<Buffer> =>
  render(
    `<circle cx="35" cy="40" r="25" fill="#1f6feb"/><rect x="60" y="10" width="30" height="80" fill="#f0883e"/>`,
    sizePx,
    format,
  );

export const otherLogo = (sizePx = 750): Promise<Buffer> =>
  render(
    `<path d="M0 100 L50 0 L100 100 Z" fill="#238636"/><rect x="0" y="0" width="100" height="20" fill="#8957e5"/>`,
    sizePx,
    'png',
  );

const render = (shapes: string, sizePx: number, format: 'png' | 'jpeg'): Promise<Buffer> =>
  sharp(
    Buffer.from(
      `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" width="${sizePx}" height="${sizePx}">${shapes}</svg>`,
    ),
  )
    .flatten({ background: '#ffffff' })
    .toFormat(format)
    .toBuffer();

const chunk = (kind: string, data: Buffer): Buffer => {
  const body = Buffer.concat([Buffer.from(kind, 'latin1'), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
};

const HEADER_END = 8 + 25;

/** The same PNG, declared as an animation of two frames. */
export const animated = (png: Buffer): Buffer =>
  Buffer.concat([
    png.subarray(0, HEADER_END),
    chunk('acTL', Buffer.from([0, 0, 0, 2, 0, 0, 0, 0])),
    png.subarray(HEADER_END),
  ]);

/** The same PNG, claiming other dimensions. */
export const claiming = (png: Buffer, widthPx: number, heightPx: number): Buffer => {
  const header = Buffer.from(png.subarray(16, HEADER_END - 4));
  header.writeUInt32BE(widthPx, 0);
  header.writeUInt32BE(heightPx, 4);
  return Buffer.concat([png.subarray(0, 8), chunk('IHDR', header), png.subarray(HEADER_END)]);
};
