import { authorizationTopic, ERASURE_TOPICS } from '@daikaifa/contracts';
import { defineConsumer } from '@daikaifa/messaging';
import type { UseCases } from '../application/use-cases';

/** Its own authorizations: an epoch that is cancelled has an erasure record, whatever process died in between. */
export const ownAuthorizationConsumer = ({ openErasureRecords }: Pick<UseCases, 'openErasureRecords'>) =>
  defineConsumer(authorizationTopic, {
    name: 'own-authorization',
    project: ({ data: { epochs } }) => ({ isCancelled: epochs.some(({ status }) => status === 'CANCELLED') }),
    effects: async ({ aggregateId, value: { isCancelled } }) => {
      if (isCancelled) {
        await openErasureRecords(aggregateId);
      }
    },
  });

/** The tombstones of every service that keeps anything about a corp. */
export const erasureConsumers = ({ receiveErasure }: Pick<UseCases, 'receiveErasure'>) =>
  ERASURE_TOPICS.map((topic) =>
    defineConsumer(topic, {
      name: `${topic.producer}-erasure`,
      project: ({ data: { service, authorizationId, epoch, erasedAt, counts } }) => ({
        service,
        authorizationId,
        epoch,
        erasedAt,
        counts,
      }),
      effects: ({ value: { erasedAt, ...rest } }) => receiveErasure({ ...rest, erasedAt: new Date(erasedAt) }),
    }),
  );
