import { isAppError, platformScope } from '@daikaifa/kernel';
import { appEndpointIdOf } from '../domain/endpoint';
import { addCounts, beginErasure, erasureIdOf, type CancelledCorp, type Erasure, type ErasureCounts } from '../domain/erasure';
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
 * Removes what belongs to a cancelled authorization, in every part of the service. The tombstone comes first and adds
 * the counts up; while late writers may still be at work, a repetition looks again.
 */
export const eraseCorp = ({
  erasures,
  erasers,
  limits,
  clock,
}: Pick<Dependencies, 'erasures' | 'limits' | 'clock'> & { readonly erasers: readonly CorpEraser[] }): EraseCorp => {
  const scope = platformScope('erase a cancelled corp');

  const tombstoneOf = async (corp: CancelledCorp): Promise<Erasure | null> => {
    const id = erasureIdOf(corp.authorizationId, corp.epoch);
    const known = await erasures.byId(scope, id);
    if (known !== null) {
      return known;
    }
    const { next, facts } = beginErasure(corp, clock.now());
    try {
      return await erasures.create(next, facts);
    } catch (error) {
      // Another process was faster: its tombstone is the same one.
      if (!isAppError(error) || error.code !== 'CONFLICT') {
        throw error;
      }
      return erasures.byId(scope, id);
    }
  };

  return async (corp) => {
    const tombstone = await tombstoneOf(corp);
    if (tombstone === null || isSettled(tombstone, clock.now(), limits.eraseAgainMs)) {
      return;
    }
    const removed: ErasureCounts = Object.assign({}, ...(await inTurn(erasers, corp)));
    await erasures.update(scope, tombstone.id, (current) => addCounts(current, removed, clock.now()));
  };
};

const isSettled = ({ counts, erasedAt }: Erasure, now: Date, eraseAgainMs: number): boolean =>
  Object.keys(counts).length > 0 && now.getTime() - erasedAt.getTime() > eraseAgainMs;

const inTurn = async (erasers: readonly CorpEraser[], corp: CancelledCorp): Promise<ErasureCounts[]> => {
  const removed: ErasureCounts[] = [];
  for (const eraser of erasers) {
    removed.push(await eraser.erase(corp));
  }
  return removed;
};
