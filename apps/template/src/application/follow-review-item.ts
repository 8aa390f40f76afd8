import { platformScope } from '@daikaifa/kernel';
import type { ReviewOutcome } from '@daikaifa/rules';
import { applyReviewItem } from '../domain/delegated-template.decide';
import type { Dependencies } from './ports';

/** Brings a template to where its review item stands. Safe to repeat; items of older submissions change nothing. */
export const followReviewItem =
  ({ templates, clock }: Pick<Dependencies, 'templates' | 'clock'>) =>
  async (item: { readonly templateId: string; readonly outcome: ReviewOutcome }): Promise<void> => {
    await templates.update(platformScope('follow the review item'), item.templateId, (template) =>
      applyReviewItem(template, item.outcome, clock.now()),
    );
  };
