import { endpointTopic } from '@daikaifa/contracts';
import { defineConsumer } from '@daikaifa/messaging';
import type { UseCases } from '../application/use-cases';

const toDate = (value: string | null): Date | null => (value === null ? null : new Date(value));

/** For the prechecks: is the callback verified, and did its last probe find it healthy? */
export const endpointConsumer = ({ followEndpoint }: Pick<UseCases, 'followEndpoint'>) =>
  defineConsumer(endpointTopic, {
    name: 'endpoint',
    project: ({ data: { subject, url, verifiedAt, closed, health } }) => ({
      subjectId: subject.id,
      url,
      verifiedAt,
      closed,
      health,
    }),
    effects: ({ tenant: publisherId, sequence, value: { verifiedAt, health, ...endpoint } }) =>
      followEndpoint({
        ...endpoint,
        publisherId,
        sequence,
        verifiedAt: toDate(verifiedAt),
        health: { ...health, checkedAt: toDate(health.checkedAt) },
      }),
  });
