import type { Readable } from 'node:stream';
import { AppError, text } from '@daikaifa/kernel';

/**
 * The whole body, or null as soon as it is over the limit.
 * @throws AppError BAD_USER_INPUT when the sender breaks off
 */
export const readUpload = async (body: Readable, maxBytes: number): Promise<Buffer | null> => {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > maxBytes) {
        return null;
      }
      chunks.push(chunk);
    }
  } catch (error) {
    throw new AppError('BAD_USER_INPUT', text('上传中断', 'The upload broke off'), { cause: error });
  }
  return Buffer.concat(chunks, size);
};
