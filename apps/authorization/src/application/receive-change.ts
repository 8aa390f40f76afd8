import { planReread } from '../domain/reread.decide';
import { authorizationIdOf } from './content-id';
import type { Dependencies } from './ports';
import { SIGNAL_SCOPE } from './suite-signal';

/**
 * change_auth says only that something changed: a re-read is planned. Without an authorization there is nothing to
 * plan, because the grant that is still to come reads everything afterwards.
 */
export const receiveChange =
  ({ authorizations, wakeUps, clock }: Pick<Dependencies, 'authorizations' | 'wakeUps' | 'clock'>) =>
  async ({ suiteId, corpId }: { readonly suiteId: string; readonly corpId: string }): Promise<void> => {
    const id = authorizationIdOf(suiteId, corpId);
    const planned = await authorizations.update(SIGNAL_SCOPE, id, (stored) => planReread(stored, clock.now()));
    const dueAt = planned?.reread.dueAt ?? null;
    if (dueAt !== null) {
      await wakeUps.reread({ id, dueAt });
    }
  };
