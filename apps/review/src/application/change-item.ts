import {
  acceptedOrThrow,
  authorize,
  conflict,
  notFound,
  text,
  type Rejection,
  type Result,
  type Role,
  type Scope,
  type Viewer,
} from '@daikaifa/kernel';
import type { ReviewItem } from '../domain/review-item';
import type { ReviewItemDecision } from '../domain/review-item.decide';
import type { Dependencies } from './ports';

/** What every mutation of an item names. */
export interface ItemChange {
  readonly itemId: string;
  /** The version that the caller has seen; an older one is CONFLICT at once. */
  readonly expectedVersion: number;
}

export const ADMINS: readonly Role[] = ['PUBLISHER_ADMIN'];

const ITEM = text('审核项', 'The review item');
const CHANGED = text('审核项已有变化，请刷新后重试', 'The review item was changed in the meantime; load it again');

/**
 * The one way in which a person changes an item: authorise → load → decide → save.
 * @throws AppError FORBIDDEN, NOT_FOUND (also for another tenant's), CONFLICT, and what the decision refuses
 */
export const changeItem = async (
  { items }: Pick<Dependencies, 'items'>,
  call: { readonly viewer: Viewer; readonly roles: readonly Role[]; readonly change: ItemChange },
  decide: (
    item: ReviewItem,
    scope: Scope,
  ) => Result<ReviewItemDecision, Rejection> | Promise<Result<ReviewItemDecision, Rejection>>,
): Promise<ReviewItem> => {
  const { viewer, roles, change } = call;
  const scope = authorize(viewer, roles);
  const item = await items.byId(scope, change.itemId);
  if (item === null) {
    throw notFound(ITEM, change.itemId);
  }
  if (item.version !== change.expectedVersion) {
    const { expectedVersion } = change;
    throw conflict(CHANGED, { id: item.id, expectedVersion, currentVersion: item.version });
  }
  const { next, facts } = acceptedOrThrow(await decide(item, scope));
  return items.save(next, change.expectedVersion, facts);
};
