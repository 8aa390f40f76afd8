import { platformScope } from '@daikaifa/kernel';
import { answerErasure, eraseCorp, openErasure } from '../domain/corp-erasure';
import type { Dependencies } from './ports';
import { erasureIdOf } from './review-ids';

const SCOPE = platformScope('erase a corp');
const BATCH = 200;

/** One epoch of an authorization. */
export interface ErasedEpoch {
  readonly publisherId: string;
  readonly authorizationId: string;
  readonly suiteId: string;
  readonly epoch: number;
}

/**
 * The end of a corp's epoch: tombstone first, then its items are ended and lose the corp, then the answer with the
 * counts. Safe to repeat: what is there is counted, not what this run removed.
 */
export const eraseEpoch =
  ({ items, subjects, erasures, clock }: Pick<Dependencies, 'items' | 'subjects' | 'erasures' | 'clock'>) =>
  async ({ publisherId, authorizationId, suiteId, epoch }: ErasedEpoch): Promise<void> => {
    const id = erasureIdOf(authorizationId, epoch);
    await erasures.create(openErasure({ id, publisherId, authorizationId, suiteId, epoch }, clock.now()));
    let found: readonly string[];
    do {
      found = await items.findUnerasedOfEpoch(SCOPE, { authorizationId, epoch }, BATCH);
      for (const itemId of found) {
        await items.update(SCOPE, itemId, (item) => eraseCorp(item, clock.now()));
      }
    } while (found.length === BATCH);
    const counts = {
      'corp-app': await subjects.eraseEpoch(authorizationId, epoch),
      'review-item': await items.countOfEpoch(SCOPE, { authorizationId, epoch }),
    };
    await erasures.update(SCOPE, id, (erasure) => answerErasure(erasure, counts, clock.now()));
  };
