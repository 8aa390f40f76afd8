import { reviewItemTopic } from '@daikaifa/contracts';
import { defineConsumer } from '@daikaifa/messaging';
import type { UseCases } from '../application/use-cases';

/** Every state of an item is followed; which step it means is decided from where the app stands. */
export const reviewItemConsumer = ({ followReviewItem }: Pick<UseCases, 'followReviewItem'>) =>
  defineConsumer(reviewItemTopic, {
    name: 'review-item',
    project: ({ data, time }) => ({
      corpAppId: data.subject.kind === 'CORP_APP' ? data.subject.id : null,
      submissionId: data.subject.submissionId,
      state: data.state,
      reasons: data.reasons.map(({ field, code, zh, en }) => ({ field, code, text: { zh, en } })),
      confirmedBy: data.launch?.confirmedBy ?? 'PERSON',
      launchRequestedAt: data.launch?.requestedAt ?? null,
      launchedAt: data.launch?.confirmedAt ?? time,
    }),
    effects: async ({ value: { corpAppId, launchedAt, launchRequestedAt, ...outcome } }) => {
      if (corpAppId !== null) {
        await followReviewItem({
          corpAppId,
          outcome: {
            ...outcome,
            launchedAt: new Date(launchedAt),
            launchRequestedAt: launchRequestedAt === null ? null : new Date(launchRequestedAt),
          },
        });
      }
    },
  });
