import { defineErasure, platformScope, type AuthorizationEpoch, type Erasure } from '@daikaifa/kernel';
import { eraseCorp } from '../domain/corp-erasure';
import type { Dependencies } from './ports';

const SCOPE = platformScope('erase a corp');
const BATCH = 200;

/**
 * The end of a corp's epoch: its items are ended and lose the corp. What is there is counted, not what this run removed.
 */
export const erasureOf = ({
  items,
  subjects,
  tombstones,
  clock,
}: Pick<Dependencies, 'items' | 'subjects' | 'tombstones' | 'clock'>): Erasure<AuthorizationEpoch> =>
  defineErasure({
    tombstones,
    clock,
    counting: 'IN_ALL',
    remove: async ({ authorizationId, epoch }) => {
      let found: readonly string[];
      do {
        found = await items.findUnerasedOfEpoch(SCOPE, { authorizationId, epoch }, BATCH);
        for (const itemId of found) {
          await items.update(SCOPE, itemId, (item) => eraseCorp(item, clock.now()));
        }
      } while (found.length === BATCH);
      return {
        'corp-app': await subjects.eraseEpoch(authorizationId, epoch),
        'review-item': await items.countOfEpoch(SCOPE, { authorizationId, epoch }),
      };
    },
  });
