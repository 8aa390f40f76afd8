import { fetchBlob } from '@daikaifa/blobs';
import type { Clock } from '@daikaifa/kernel';
import type { Logger } from '@daikaifa/observability';
import { prepareLogo } from './qr-picture';

const KEPT_LOGOS = 200;
const FETCH_TIMEOUT_MS = 2_000;
/** The picture must not wait for the template service again and again while that one is away. */
const RETRY_AFTER_MS = 30_000;

export interface Logos {
  /** Ready for the middle of a code; null when there is none, or it cannot be had now. */
  find(sha256: string | null): Promise<Buffer | null>;
}

interface Options {
  /** Internal address of the template service; without it there are no logos. */
  readonly templateUrl: string | undefined;
  /** That of the template service's file URLs. */
  readonly secret: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Content-addressed, so what was fetched once stays right. */
export const createLogos = ({ templateUrl, secret, clock, logger }: Options): Logos => {
  const kept = new Map<string, Buffer>();
  const failedAtMs = new Map<string, number>();

  const keep = (sha256: string, logo: Buffer): Buffer => {
    const oldest = kept.keys().next();
    if (kept.size >= KEPT_LOGOS && oldest.done !== true) {
      kept.delete(oldest.value);
    }
    kept.set(sha256, logo);
    failedAtMs.delete(sha256);
    return logo;
  };

  const fetchLogo = async (baseUrl: string, sha256: string): Promise<Buffer | null> => {
    try {
      const blob = await fetchBlob({ baseUrl, secret, sha256, timeoutMs: FETCH_TIMEOUT_MS });
      return keep(sha256, await prepareLogo(blob.bytes));
    } catch (error) {
      failedAtMs.set(sha256, clock.now().getTime());
      logger.warn({ err: error, 'blob.sha256': sha256 }, 'QR code shown without its logo');
      return null;
    }
  };

  return {
    find: async (sha256) => {
      if (sha256 === null || templateUrl === undefined) {
        return null;
      }
      const failed = failedAtMs.get(sha256);
      if (failed !== undefined && clock.now().getTime() - failed < RETRY_AFTER_MS) {
        return null;
      }
      return kept.get(sha256) ?? fetchLogo(templateUrl, sha256);
    },
  };
};
