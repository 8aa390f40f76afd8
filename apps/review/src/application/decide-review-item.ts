import { AppError, text, type Viewer } from '@daikaifa/kernel';
import type { ReviewItem, VerdictDecision } from '../domain/review-item';
import { correctVerdict as decideCorrection, decideItem } from '../domain/review-item.decide';
import type { GivenReason } from '../domain/review-input';
import { ADMINS, changeItem, type ItemChange } from './change-item';
import type { Dependencies } from './ports';
import { authorizeVerdict } from './verdict-authority';

/** What a verdict says. */
export interface VerdictInput extends ItemChange {
  readonly decision: VerdictDecision;
  readonly reasons: readonly GivenReason[];
  readonly note: string | null;
}

/** The verdict of a reviewer, or WeCom's written down by the admin: the publisher's setting says which. */
export const decideReviewItem =
  (deps: Pick<Dependencies, 'items' | 'settings' | 'clock'>) =>
  (viewer: Viewer, input: VerdictInput): Promise<ReviewItem> =>
    changeItem(deps, { viewer, roles: ['REVIEWER', 'PUBLISHER_ADMIN'], change: input }, async (item, scope) => {
      const settings = await deps.settings.byPublisher(scope, item.publisherId);
      if (settings === null) {
        throw new AppError('UNAVAILABLE', text('审核设置尚未同步', 'The review settings are not known yet'));
      }
      const { decision, reasons, note } = input;
      const source = authorizeVerdict(viewer, item, settings);
      return decideItem(item, { decision, source, decidedBy: viewer.subject, reasons, note }, deps.clock.now());
    });

/** A second entry that turns around a verdict of WeCom that was wrongly written down. */
export const correctVerdict =
  (deps: Pick<Dependencies, 'items' | 'subjects' | 'clock'>) =>
  (viewer: Viewer, input: VerdictInput): Promise<ReviewItem> =>
    changeItem(deps, { viewer, roles: ADMINS, change: input }, async (item, scope) => {
      const { decision, reasons, note } = input;
      const subject = await deps.subjects.byId(scope, item.subject.id);
      const command = { decision, decidedBy: viewer.subject, reasons, note };
      return decideCorrection(item, command, subject, deps.clock.now());
    });
