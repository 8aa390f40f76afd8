import { reviewItemTopic } from '@daikaifa/contracts';
import { defineConsumer } from '@daikaifa/messaging';
import type { UseCases } from '../application/use-cases';

/** Every state of an item is followed; which step it means is decided from where the template stands. */
export const reviewItemConsumer = ({ followReviewItem }: Pick<UseCases, 'followReviewItem'>) =>
  defineConsumer(reviewItemTopic, {
    name: 'review-item',
    project: ({ data, time }) => ({
      templateId: data.subject.id,
      submissionId: data.subject.submissionId,
      state: data.state,
      reasons: data.reasons.map(({ field, code, zh, en }) => ({ field, code, text: { zh, en } })),
      confirmedBy: data.launch?.confirmedBy ?? 'PERSON',
      launchedAt: data.launch?.confirmedAt ?? time,
    }),
    effects: ({ value: { templateId, launchedAt, ...outcome } }) =>
      followReviewItem({ templateId, outcome: { ...outcome, launchedAt: new Date(launchedAt) } }),
  });
