import { corpAppIdOf } from '@daikaifa/kernel';
import { authorizationTopic, type EpochState } from '@daikaifa/contracts';
import { defineConsumer } from '@daikaifa/messaging';
import type { UseCases } from '../application/use-cases';
import type { ObservedPermissions } from '../domain/observe.decide';

const projectEpoch = ({ epoch, status, observation: { permissions } }: EpochState) => ({
  epoch,
  isCancelled: status === 'CANCELLED',
  permissions: status === 'CANCELLED' ? null : permissions,
});

const observedOf = ({
  value: codes,
  readAt,
  expiries,
}: NonNullable<EpochState['observation']['permissions']>): ObservedPermissions => ({
  codes,
  readAt: new Date(readAt),
  expiries: (expiries ?? []).map(({ code, expiresAt }) => ({ code, expiresAt: new Date(expiresAt) })),
});

/** What WeCom was seen to have granted, for the app of the live epoch; the end of those that are cancelled. */
export const authorizationConsumer = ({ followApp }: Pick<UseCases, 'followApp'>) =>
  defineConsumer(authorizationTopic, {
    name: 'authorization',
    project: ({ data }) => ({
      templateId: data.templateId,
      suiteId: data.suiteId,
      // Kept no longer than the corp is there.
      corpId: data.status === 'CANCELLED' ? '' : data.corpId,
      epochs: data.epochs.map(projectEpoch),
    }),
    effects: async ({ aggregateId: authorizationId, tenant: publisherId, value: { epochs, ...identity } }) => {
      for (const { epoch, isCancelled, permissions } of epochs) {
        await followApp({
          setId: corpAppIdOf(authorizationId, epoch),
          identity: { ...identity, publisherId, authorizationId, epoch },
          isCancelled,
          permissions: permissions && observedOf(permissions),
        });
      }
    },
  });
