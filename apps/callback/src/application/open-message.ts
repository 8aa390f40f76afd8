import type { RefusalReason } from '../domain/refusal';
import type { LiveEndpoint, LiveEndpoints, LivePair, PairSlot } from './live-endpoints';
import type { SignedParts } from './ports';

/** The query of a callback, URL-decoded. */
export type SignedRequest = SignedParts & { readonly msgSignature: string };

/** A message whose signature is right, decrypted. */
export interface OpenedMessage {
  readonly endpoint: LiveEndpoint;
  readonly pair: LivePair;
  readonly message: Buffer;
  readonly receiveId: string;
}

export type Opened =
  | { readonly ok: true; readonly opened: OpenedMessage }
  | { readonly ok: false; readonly reason: RefusalReason; readonly endpoint: LiveEndpoint };

interface Opening {
  readonly endpoint: LiveEndpoint;
  readonly request: SignedRequest;
  readonly slots: readonly PairSlot[];
  readonly now: Date;
  /** Of `performance.now()`. */
  readonly arrivedAt: number;
}

const signer = ({ endpoint, request, slots, now }: Opening): LivePair | undefined =>
  endpoint.pairs.find(
    ({ slot, acceptedUntil, cipher }) =>
      slots.includes(slot) && (acceptedUntil === null || acceptedUntil > now) && cipher.verifySignature(request),
  );

/**
 * Signature, then cipher. A signature that fits no pair in memory is tried once more with the pairs as they are in the
 * database: another process may have issued them a moment ago.
 */
export const openMessage = async (live: LiveEndpoints, opening: Opening): Promise<Opened> => {
  let { endpoint } = opening;
  let pair = signer(opening);
  if (pair === undefined) {
    const reread = await live.reread(endpoint.id, opening.arrivedAt);
    if (reread !== null && reread !== endpoint) {
      endpoint = reread;
      pair = signer({ ...opening, endpoint });
    }
  }
  if (pair === undefined) {
    return { ok: false, reason: 'SIGNATURE', endpoint };
  }
  const decrypted = pair.cipher.decrypt(opening.request.encrypt);
  return decrypted.ok
    ? { ok: true, opened: { endpoint, pair, ...decrypted.value } }
    : { ok: false, reason: 'AES', endpoint };
};
