import { createHash } from 'node:crypto';
import type { Clock, Viewer } from '@daikaifa/kernel';
import { decodeJwt } from 'jose';
import type { TokenVerifier } from './token';

export interface RememberVerifiedOptions {
  readonly clock: Clock;
  /** How long a verified token is taken without looking at its signature again; never beyond its own end. */
  readonly ttlMs: number;
  /** Tokens that are remembered; the oldest go first. */
  readonly capacity: number;
}

interface Remembered {
  readonly viewer: Viewer;
  readonly untilMs: number;
}

const BEARER = /^bearer +/i;

const endOf = (header: string): number => (decodeJwt(header.trim().replace(BEARER, '')).exp ?? 0) * 1_000;

/**
 * For doors that one backend asks many times a second with the same token: handing each signature to the crypto
 * threads costs more than the answer. Refusals are never remembered; a withdrawn key dies `ttlMs` later than without.
 */
export const rememberVerified = (
  verify: TokenVerifier,
  { clock, ttlMs, capacity }: RememberVerifiedOptions,
): TokenVerifier => {
  // By digest: a dump of the memory must not be a list of tokens.
  const remembered = new Map<string, Remembered>();

  const keep = (key: string, entry: Remembered): void => {
    remembered.delete(key);
    remembered.set(key, entry);
    const [oldest] = remembered.keys();
    if (remembered.size > capacity && oldest !== undefined) {
      remembered.delete(oldest);
    }
  };

  return async (header) => {
    if (header === undefined) {
      return verify(header);
    }
    const key = createHash('sha256').update(header).digest('base64');
    const nowMs = clock.now().getTime();
    const known = remembered.get(key);
    if (known !== undefined && nowMs < known.untilMs) {
      return known.viewer;
    }
    const viewer = await verify(header);
    keep(key, { viewer, untilMs: Math.min(nowMs + ttlMs, endOf(header)) });
    return viewer;
  };
};
