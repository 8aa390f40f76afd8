import { platformScope } from '@daikaifa/kernel';
import type { Dependencies } from './ports';

const BATCH = 200;

/**
 * Wakes everything around authorizations whose date has passed: what a crash, a lost wake-up or a Redis outage left.
 * @returns how many were due
 */
export const sweepDue =
  ({
    exchanges,
    authorizations,
    cancellations,
    reconciliations,
    erasureRecords,
    batchScans,
    wakeUps,
    clock,
  }: Pick<
    Dependencies,
    | 'exchanges'
    | 'authorizations'
    | 'cancellations'
    | 'reconciliations'
    | 'erasureRecords'
    | 'batchScans'
    | 'wakeUps'
    | 'clock'
  >) =>
  async (): Promise<number> => {
    const scope = platformScope('find what is due');
    const now = clock.now();
    const kinds = [
      { store: exchanges, wake: wakeUps.exchange },
      { store: authorizations, wake: wakeUps.reread },
      { store: cancellations, wake: wakeUps.cancellation },
      { store: reconciliations, wake: wakeUps.reconciliation },
      { store: erasureRecords, wake: wakeUps.erasure },
      { store: batchScans, wake: wakeUps.scan },
    ];
    let found = 0;
    for (const { store, wake } of kinds) {
      const due = await store.findDue(scope, now, BATCH);
      found += due.length;
      for (const one of due) {
        await wake(one);
      }
    }
    return found;
  };
