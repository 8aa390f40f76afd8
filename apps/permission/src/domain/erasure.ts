import type { Aggregate } from '@daikaifa/kernel';
import type { PermissionSet } from './permission-set';

/**
 * What was removed of one corp after its cancellation (擦除记录). Written before the removal, so that no later event
 * of the epoch makes anything again.
 */
export interface Tombstone extends Aggregate {
  readonly authorizationId: string;
  readonly suiteId: string;
  readonly epoch: number;
  readonly erasedAt: Date;
  /** Null until the removal was done; an answer without counts would be taken for one. */
  readonly counts: Readonly<Record<string, number>> | null;
}

export type TombstoneFact = { readonly type: 'permission.corp-erased' };

/** From what the set itself remembers: the same however often it is counted. */
export const erasureCounts = (set: PermissionSet | null): Readonly<Record<string, number>> => ({
  'permission-set': set?.erased ? 1 : 0,
  'permission-change': set?.erased?.changes ?? 0,
  'permission-note': set?.erased?.notes ?? 0,
});
