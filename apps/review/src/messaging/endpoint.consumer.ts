import { endpointTopic } from '@daikaifa/contracts';
import { defineConsumer } from '@daikaifa/messaging';
import type { UseCases } from '../application/use-cases';

const toDate = (value: string | null): Date | null => (value === null ? null : new Date(value));

/** For the prechecks: is the callback verified, and did its last probe find it healthy? */
export const endpointConsumer = ({ followEndpoint }: Pick<UseCases, 'followEndpoint'>) =>
  defineConsumer(endpointTopic, {
    name: 'endpoint',
    project: ({ data: { subject, url, verifiedAt, closed, health } }) => ({
      templateId: subject.kind === 'DELEGATED_TEMPLATE' ? subject.id : null,
      url,
      verifiedAt,
      closed,
      health,
    }),
    effects: async ({ tenant: publisherId, sequence, value: { templateId, verifiedAt, health, ...endpoint } }) => {
      if (templateId !== null) {
        await followEndpoint({
          ...endpoint,
          templateId,
          publisherId,
          sequence,
          verifiedAt: toDate(verifiedAt),
          health: { ...health, checkedAt: toDate(health.checkedAt) },
        });
      }
    },
  });
