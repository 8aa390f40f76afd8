import type { IncomingMessage } from 'node:http';

export interface RawBody {
  /** As far as it was read: never more than the limit. */
  readonly bytes: Buffer;
  /** As announced, or as read. */
  readonly sizeBytes: number;
  readonly tooLarge: boolean;
}

export const EMPTY_BODY: RawBody = { bytes: Buffer.alloc(0), sizeBytes: 0, tooLarge: false };

/** Reads a body up to the limit. A longer one is not an error here: it is a refusal that is recorded. */
export const readRawBody = (request: IncomingMessage, maxBytes: number): Promise<RawBody> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const finish = (tooLarge: boolean): void => {
      request.off('data', onData).off('end', onEnd).off('error', onError).off('close', onClose);
      const announced = Number(request.headers['content-length'] ?? 0);
      const bytes = Buffer.concat(chunks).subarray(0, maxBytes);
      resolve({ bytes, sizeBytes: Math.max(size, announced), tooLarge });
    };
    const onData = (chunk: Buffer): void => {
      chunks.push(chunk);
      size += chunk.length;
      if (size > maxBytes) {
        // The rest is thrown away as it comes.
        request.resume();
        finish(true);
      }
    };
    const onEnd = (): void => finish(false);
    const onError = (error: Error): void => reject(error);
    const onClose = (): void => reject(new Error('the request ended before its body'));
    request.on('data', onData).once('end', onEnd).once('error', onError).once('close', onClose);
  });
