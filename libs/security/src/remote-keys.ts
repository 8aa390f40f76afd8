import type { Clock } from '@daikaifa/kernel';
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import { unauthenticated } from './unauthenticated';

/** Keys are fetched again after this time even when nothing unknown turned up, so that a withdrawn key dies. */
const FRESH_MS = 10 * 60_000;
/** Between two fetches, successful or not: tokens with invented key ids must not become requests to the issuer. */
const COOL_DOWN_MS = 30_000;
/** How long known keys are still good while the issuer cannot be reached. */
const STALE_MS = 60 * 60_000;

export interface RemoteKeysOptions {
  readonly url: string;
  readonly timeoutMs: number;
  readonly clock: Clock;
}

const fetchKeys = async (url: string, timeoutMs: number): Promise<JSONWebKeySet> => {
  const response = await fetch(url, {
    headers: { accept: 'application/json' },
    redirect: 'error',
    signal: AbortSignal.timeout(timeoutMs),
  });
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new Error(`the key set answered with status ${response.status}`);
  }
  return (await response.json()) as JSONWebKeySet;
};

/**
 * The issuer's key set: cached, one fetch at a time, fetched again when a key id is unknown (rotation).
 * An issuer that cannot be reached does not lock everyone out: known keys go on for an hour.
 */
export const createRemoteKeys = ({ url, timeoutMs, clock }: RemoteKeysOptions): JWTVerifyGetKey => {
  let known: { readonly select: ReturnType<typeof createLocalJWKSet>; readonly fetchedAtMs: number } | undefined;
  let attemptedAtMs = Number.NEGATIVE_INFINITY;
  let running: Promise<void> | undefined;

  const load = async (): Promise<void> => {
    attemptedAtMs = clock.now().getTime();
    try {
      known = { select: createLocalJWKSet(await fetchKeys(url, timeoutMs)), fetchedAtMs: clock.now().getTime() };
    } catch {
      // The age of what is known decides below; the next try waits for the cool-down.
    }
  };
  const refresh = async (): Promise<void> => {
    if (running === undefined && clock.now().getTime() - attemptedAtMs < COOL_DOWN_MS) {
      return;
    }
    running ??= load().finally(() => {
      running = undefined;
    });
    await running;
  };
  const age = (): number =>
    known === undefined ? Number.POSITIVE_INFINITY : clock.now().getTime() - known.fetchedAtMs;

  return async (header, token) => {
    if (age() > FRESH_MS) {
      await refresh();
    }
    if (known === undefined || age() > STALE_MS) {
      throw unauthenticated('KEYS_UNREACHABLE');
    }
    try {
      return await known.select(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) {
        throw error;
      }
      await refresh();
      return known.select(header, token);
    }
  };
};
