import { publisherTopic } from '@daikaifa/contracts';
import { defineConsumer } from '@daikaifa/messaging';
import type { UseCases } from '../application/use-cases';

/** Who gives the verdicts of a publisher, whether by four eyes, and until when. */
export const publisherConsumer = ({ followPublisher }: Pick<UseCases, 'followPublisher'>) =>
  defineConsumer(publisherTopic, {
    name: 'publisher',
    project: ({ data }) => data.review,
    effects: ({ aggregateId: publisherId, sequence, value: settings }) =>
      followPublisher({
        publisherId,
        sequence,
        settings: { ...settings, dueWorkingDays: settings.dueWorkingDays ?? null },
      }),
  });
