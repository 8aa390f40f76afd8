import { reviewItemTopic, type ReviewItemState } from '@daikaifa/contracts';
import { defineConsumer } from '@daikaifa/messaging';
import type { UseCases } from '../application/use-cases';

/** What the launch of a corp's app needs of its item; null for an item of something else. */
const corpAppItemOf = ({ corpApp, state, launch }: ReviewItemState) =>
  corpApp && {
    authorizationId: corpApp.authorizationId,
    epoch: corpApp.epoch,
    launchRequestedAt: state === 'LAUNCHING' && launch !== null ? launch.requestedAt : null,
  };

/** WeCom tells nobody of a launch: while an item is LAUNCHING, its authorization is read until the status shows it. */
export const reviewItemConsumer = ({ followLaunch }: Pick<UseCases, 'followLaunch'>) =>
  defineConsumer(reviewItemTopic, {
    name: 'review-item',
    project: ({ data }) => ({ item: corpAppItemOf(data) }),
    effects: async ({ aggregateId: itemId, value: { item } }) => {
      if (item !== null) {
        const { launchRequestedAt, ...rest } = item;
        const requestedAt = launchRequestedAt === null ? null : new Date(launchRequestedAt);
        await followLaunch({ ...rest, itemId, launchRequestedAt: requestedAt });
      }
    },
  });
