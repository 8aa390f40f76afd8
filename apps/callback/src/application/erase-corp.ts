import { defineErasure, type ErasureCounts } from '@daikaifa/kernel';
import { appEndpointIdOf } from '../domain/endpoint';
import { isSettled, type CancelledCorp } from '../domain/erasure';
import type { CorpEraser, Dependencies } from './ports';

export type EraseCorp = (corp: CancelledCorp) => Promise<void>;

/** The end of the second in which the corp cancelled: WeCom's clock has no finer one. */
const endOfSecond = (at: Date): Date => new Date(Math.floor(at.getTime() / 1_000) * 1_000 + 999);

/** What the ingress keeps of a corp: events that wait, receipts, and what the endpoint of its app refused. */
export const ingressEraser = ({
  backlog,
  receipts,
  refusals,
}: Pick<Dependencies, 'backlog' | 'receipts' | 'refusals'>): CorpEraser => ({
  erase: async ({ corpKey, corpAppId, cancelledAt }) => {
    const until = endOfSecond(cancelledAt);
    return {
      'waiting-event': await backlog.eraseCorp(corpKey, until),
      receipt: await receipts.eraseCorp(corpKey, until),
      refusal: await refusals.eraseEndpoint(appEndpointIdOf(corpAppId), until),
    };
  },
});

/**
 * Removes what belongs to a cancelled authorization, in every part of the service. While late writers may still be at
 * work, a repetition looks again, and what it finds is added up.
 */
export const eraseCorp = ({
  tombstones,
  erasers,
  limits,
  clock,
}: Pick<Dependencies, 'tombstones' | 'limits' | 'clock'> & { readonly erasers: readonly CorpEraser[] }): EraseCorp =>
  defineErasure<CancelledCorp>({
    tombstones,
    clock,
    counting: 'PER_RUN',
    remove: async (corp, tombstone) =>
      isSettled(tombstone, clock.now(), limits.eraseAgainMs) ? null : Object.assign({}, ...(await inTurn(erasers, corp))),
  }).erase;

const inTurn = async (erasers: readonly CorpEraser[], corp: CancelledCorp): Promise<ErasureCounts[]> => {
  const removed: ErasureCounts[] = [];
  for (const eraser of erasers) {
    removed.push(await eraser.erase(corp));
  }
  return removed;
};
