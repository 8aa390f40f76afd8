import { create } from 'qrcode';
import sharp from 'sharp';

const DARK_BELOW = 128;

export interface QrComparison {
  /** Modules of the code that the logo in the middle does not hide. */
  readonly visible: number;
  /** Of those, how many differ from the code of the expected content. */
  readonly different: number;
}

/**
 * Reads the modules of a QR picture (dark on white, quiet zone around it, logo in the middle fifth) and compares them
 * with those of the expected content at level H. Another content differs in about half of its modules.
 */
export const compareQr = async (png: Buffer, content: string): Promise<QrComparison> => {
  const { data, info } = await sharp(png).greyscale().raw().toBuffer({ resolveWithObject: true });
  const isDark = (x: number, y: number): boolean => data[(y * info.width + x) * info.channels]! < DARK_BELOW;
  const { modules } = create(content, { errorCorrectionLevel: 'H' });
  // The upper left finder pattern begins with the first dark pixel of the diagonal; the quiet zone is as wide on every side.
  const edge = Array.from({ length: info.width }, (_, at) => at).find((at) => isDark(at, at)) ?? 0;
  const sizePx = (info.width - 2 * edge) / modules.size;
  const middle = modules.size / 2;
  const hidden = modules.size * 0.14;
  let visible = 0;
  let different = 0;
  for (let row = 0; row < modules.size; row += 1) {
    for (let column = 0; column < modules.size; column += 1) {
      if (Math.abs(row + 0.5 - middle) < hidden && Math.abs(column + 0.5 - middle) < hidden) {
        continue;
      }
      visible += 1;
      const dark = isDark(Math.floor(edge + (column + 0.5) * sizePx), Math.floor(edge + (row + 0.5) * sizePx));
      different += dark === (modules.get(row, column) === 1) ? 0 : 1;
    }
  }
  return { visible, different };
};
