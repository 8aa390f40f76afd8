import { changeAggregate, text, type Rejection, type Result, type Role, type Scope, type Viewer } from '@daikaifa/kernel';
import type { ReviewItem } from '../domain/review-item';
import type { ReviewItemDecision } from '../domain/review-item-step';
import type { Dependencies } from './ports';

/** What every mutation of an item names. */
export interface ItemChange {
  readonly itemId: string;
  /** The version that the caller has seen; an older one is CONFLICT at once. */
  readonly expectedVersion: number;
}

export const ADMINS: readonly Role[] = ['PUBLISHER_ADMIN'];

const ITEM = text('审核项', 'The review item');

/** A person's change of a review item. */
export const changeItem = (
  { items }: Pick<Dependencies, 'items'>,
  { viewer, roles, change }: { readonly viewer: Viewer; readonly roles: readonly Role[]; readonly change: ItemChange },
  decide: (
    item: ReviewItem,
    scope: Scope,
  ) => Result<ReviewItemDecision, Rejection> | Promise<Result<ReviewItemDecision, Rejection>>,
): Promise<ReviewItem> =>
  changeAggregate(
    items,
    { viewer, roles, what: ITEM, id: change.itemId, expectedVersion: change.expectedVersion },
    decide,
  );
