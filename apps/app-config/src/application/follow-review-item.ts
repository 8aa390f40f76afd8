import { platformScope } from '@daikaifa/kernel';
import { applyReviewItem, type CorpAppOutcome } from '../domain/follow.decide';
import type { Dependencies } from './ports';

/** Brings an app to where its review item stands. Safe to repeat; items of older submissions change nothing. */
export const followReviewItem =
  ({ corpApps, clock }: Pick<Dependencies, 'corpApps' | 'clock'>) =>
  async (item: { readonly corpAppId: string; readonly outcome: CorpAppOutcome }): Promise<void> => {
    await corpApps.update(platformScope('follow the review item'), item.corpAppId, (app) =>
      applyReviewItem(app, item.outcome, clock.now()),
    );
  };
