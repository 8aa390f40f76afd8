import { AppError, text } from '@daikaifa/kernel';
import { corpKeyOf } from '../domain/corp';
import type { DeliveryDeps } from './delivery-ports';
import type { CorpEraser } from './ports';

/** What the authorization service says about one corp of a template. */
export interface AuthorizationStanding {
  readonly publisherId: string;
  readonly authorizationId: string;
  readonly templateId: string;
  readonly suiteId: string;
  readonly corpId: string;
  readonly epoch: number;
  /** The newest epoch that has ended. */
  readonly cancelled: { readonly epoch: number; readonly at: Date } | null;
}

/** Keeps how a corp stands: from here on events of an ended epoch make no delivery any more. Safe to repeat. */
export const followCorp =
  ({ deliveryCorps }: Pick<DeliveryDeps, 'deliveryCorps'>) =>
  ({ suiteId, corpId, ...standing }: AuthorizationStanding): Promise<void> =>
    deliveryCorps.record({ ...standing, key: corpKeyOf(suiteId, corpId) });

/**
 * Removes the content of what was or is to be delivered about a corp that has cancelled, and stops what still waits.
 * The cancellation itself is still told. Comes after `followCorp`, which keeps later events out.
 */
export const deliveryEraser = ({
  deliveries,
  deliveryCorps,
  clock,
}: Pick<DeliveryDeps, 'deliveries' | 'deliveryCorps' | 'clock'>): CorpEraser => ({
  erase: async ({ authorizationId, epoch, cancelledAt }) => {
    const known = await deliveryCorps.byAuthorization(authorizationId);
    if (known === null) {
      throw new AppError('UNAVAILABLE', text('尚未收到该授权的状态', 'The state of this authorization has not arrived yet'));
    }
    return { delivery: await deliveries.erase(known.key, { epoch, at: cancelledAt }, clock.now()) };
  },
});
