import { permissionSetTopic } from '@daikaifa/contracts';
import { defineConsumer } from '@daikaifa/messaging';
import type { UseCases } from '../application/use-cases';

/** Whether the corp has still to answer a request for custom permissions. A set has the id of its app. */
export const permissionSetConsumer = ({ followPermissions }: Pick<UseCases, 'followPermissions'>) =>
  defineConsumer(permissionSetTopic, {
    name: 'permission-set',
    project: ({ data: { lastRequest } }) => ({
      isUnconfirmed: lastRequest?.state === 'PENDING' || lastRequest?.state === 'PENDING_SECOND',
    }),
    effects: ({ aggregateId: corpAppId, tenant: publisherId, sequence, value: { isUnconfirmed } }) =>
      followPermissions({ corpAppId, publisherId, sequence, isUnconfirmed }),
  });
