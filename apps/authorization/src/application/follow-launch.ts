import { platformScope } from '@daikaifa/kernel';
import { endLaunch, expectLaunch } from '../domain/reread.decide';
import type { Dependencies } from './ports';

const SCOPE = platformScope('follow the launch of an app');

/** What this service keeps of a review item of a corp's app. */
export interface LaunchingItem {
  readonly itemId: string;
  readonly authorizationId: string;
  readonly epoch: number;
  /** Null while the item is not LAUNCHING. */
  readonly launchRequestedAt: Date | null;
}

/**
 * LAUNCHING: the authorization is read again until the publish status shows the launch; anything else ends that.
 * Safe to repeat: an item that stays LAUNCHING after its launch was seen is read, and told, once more.
 */
export const followLaunch =
  ({ authorizations, wakeUps, clock }: Pick<Dependencies, 'authorizations' | 'wakeUps' | 'clock'>) =>
  async ({ itemId, authorizationId, epoch, launchRequestedAt }: LaunchingItem): Promise<void> => {
    const saved = await authorizations.update(SCOPE, authorizationId, (stored) =>
      launchRequestedAt === null
        ? endLaunch(stored, itemId, clock.now())
        : expectLaunch(stored, { itemId, epoch, requestedAt: launchRequestedAt }, clock.now()),
    );
    const dueAt = saved?.reread.dueAt ?? null;
    if (launchRequestedAt !== null && dueAt !== null) {
      await wakeUps.reread({ id: authorizationId, dueAt });
    }
  };
