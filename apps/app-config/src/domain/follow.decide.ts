import { assertNever } from '@daikaifa/kernel';
import { followReview, type ReviewOutcome, type RevisionAction } from '@daikaifa/rules';
import { allows, type CorpApp, type CorpAppFact } from './corp-app';
import { changed, type CorpAppDecision } from './decision';
import { rangeStepsOf, withoutExplained } from './observe.decide';

export interface CorpAppOutcome extends ReviewOutcome {
  readonly launchRequestedAt: Date | null;
}

const factOf = (step: RevisionAction): CorpAppFact['type'] => {
  switch (step) {
    case 'edit':
      return 'corp-app.edited';
    case 'submit':
      return 'corp-app.submitted';
    case 'withdraw':
    case 'voided':
      return 'corp-app.withdrawn';
    case 'precheckFailed':
    case 'reject':
      return 'corp-app.review-failed';
    case 'approve':
      return 'corp-app.approved';
    case 'launch':
      return 'corp-app.launching';
    case 'launchReturned':
      return 'corp-app.launch-returned';
    case 'launched':
      return 'corp-app.launched';
    default:
      return assertNever(step);
  }
};

/** Where the review item stands decides where the revision stands. Null: nothing to do. */
export const applyReviewItem = (app: CorpApp, outcome: CorpAppOutcome, now: Date): CorpAppDecision | null => {
  const followed = allows(app, 'follow') ? followReview(app, outcome) : null;
  if (followed === null) {
    return null;
  }
  const drift = withoutExplained(app.drift, outcome.launchRequestedAt);
  const next = { ...app, ...followed.next, drift };
  return changed(app, { ...next, rangeSteps: rangeStepsOf(next) }, now, ...followed.steps.map(factOf));
};
