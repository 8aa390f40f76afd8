import { reviewItemTopic } from '@daikaifa/contracts';
import { defineConsumer } from '@daikaifa/messaging';
import type { UseCases } from '../application/use-cases';

/** Every state of an item is followed; which step it means is decided from where the template stands. */
export const reviewItemConsumer = ({ followReviewItem }: Pick<UseCases, 'followReviewItem'>) =>
  defineConsumer(reviewItemTopic, {
    name: 'review-item',
    project: ({ data, time }) => ({
      templateId: data.subject.kind === 'DELEGATED_TEMPLATE' ? data.subject.id : null,
      submissionId: data.subject.submissionId,
      state: data.state,
      reasons: data.reasons.map(({ field, code, zh, en }) => ({ field, code, text: { zh, en } })),
      confirmedBy: data.launch?.confirmedBy ?? 'PERSON',
      launchedAt: data.launch?.confirmedAt ?? time,
    }),
    effects: async ({ value: { templateId, launchedAt, ...outcome } }) => {
      if (templateId !== null) {
        await followReviewItem({ templateId, outcome: { ...outcome, launchedAt: new Date(launchedAt) } });
      }
    },
  });
