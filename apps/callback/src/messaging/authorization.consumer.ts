import { authorizationTopic, type AuthorizationState } from '@daikaifa/contracts';
import { defineConsumer } from '@daikaifa/messaging';
import type { UseCases } from '../application/use-cases';
import { corpKeyOf } from '../domain/corp';

const projected = ({ templateId, suiteId, corpId, epochs }: AuthorizationState) => ({
  templateId,
  suiteId,
  // Instead of the corp's id, which must not outlive the authorization.
  corpKey: corpKeyOf(suiteId, corpId),
  epochs: epochs.map(({ epoch, status, cancelledAt }) => ({ epoch, active: status === 'ACTIVE', cancelledAt })),
});

const asDate = (at: string | null): Date | null => (at === null ? null : new Date(at));

/** Whose app messages are accepted, from the grant to the cancellation; then what is kept of the corp is erased. */
export const authorizationConsumer = ({ followAuthorization }: Pick<UseCases, 'followAuthorization'>) =>
  defineConsumer(authorizationTopic, {
    name: 'authorization',
    project: ({ data }) => projected(data),
    effects: ({ tenant, aggregateId: authorizationId, value }) =>
      followAuthorization({
        ...value,
        publisherId: tenant,
        authorizationId,
        epochs: value.epochs.map((epoch) => ({ ...epoch, cancelledAt: asDate(epoch.cancelledAt) })),
      }),
  });
