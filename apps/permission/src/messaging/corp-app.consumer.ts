import { corpAppTopic } from '@daikaifa/contracts';
import { defineConsumer } from '@daikaifa/messaging';
import type { UseCases } from '../application/use-cases';

/** Every app has its set; a cancelled one loses it. */
export const corpAppConsumer = ({ followApp }: Pick<UseCases, 'followApp'>) =>
  defineConsumer(corpAppTopic, {
    name: 'corp-app',
    project: ({ data }) => ({
      templateId: data.templateId,
      authorizationId: data.authorizationId,
      suiteId: data.suiteId,
      epoch: data.epoch,
      isCancelled: data.status === 'CANCELLED' || data.erased,
      // Kept no longer than the corp is there.
      corpId: data.status === 'CANCELLED' ? '' : data.corpId,
    }),
    effects: ({ aggregateId: setId, tenant: publisherId, value: { isCancelled, ...app } }) =>
      followApp({ setId, identity: { ...app, publisherId }, isCancelled, permissions: null }),
  });
