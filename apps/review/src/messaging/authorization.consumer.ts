import { authorizationTopic } from '@daikaifa/contracts';
import { defineConsumer } from '@daikaifa/messaging';
import type { UseCases } from '../application/use-cases';

/** Whether a corp's epoch lives, and whether WeCom was seen to have its app online. */
export const authorizationConsumer = ({ followAuthorization }: Pick<UseCases, 'followAuthorization'>) =>
  defineConsumer(authorizationTopic, {
    name: 'authorization',
    project: ({ data: { suiteId, epochs } }) => ({
      suiteId,
      epochs: epochs.map(({ epoch, status, observation }) => ({
        epoch,
        status,
        publishStatus: observation.publishStatus,
      })),
    }),
    effects: ({ aggregateId: id, tenant: publisherId, sequence, value: { suiteId, epochs } }) =>
      followAuthorization({
        id,
        publisherId,
        sequence,
        suiteId,
        epochs: epochs.map(({ publishStatus, ...epoch }) => ({
          ...epoch,
          publishStatus: publishStatus && { value: publishStatus.value, readAt: new Date(publishStatus.readAt) },
        })),
      }),
  });
