import { changeAggregate, text, type Rejection, type Result, type Role, type Viewer } from '@daikaifa/kernel';
import type { PermissionSet } from '../domain/permission-set';
import type { PermissionSetDecision } from '../domain/request-steps';
import type { Dependencies } from './ports';

/** What every mutation of a set names. */
export interface SetChange {
  readonly permissionSetId: string;
  /** The version that the caller has seen; an older one is CONFLICT at once. */
  readonly expectedVersion: number;
}

export const EDITORS: readonly Role[] = ['PUBLISHER_ADMIN', 'PUBLISHER_DEVELOPER'];

const PERMISSION_SET = text('应用权限', 'The permission set');

/** A person's change of the permissions of an app. */
export const changeSet = (
  { sets }: Pick<Dependencies, 'sets'>,
  viewer: Viewer,
  change: SetChange,
  decide: (set: PermissionSet) => Result<PermissionSetDecision, Rejection>,
): Promise<PermissionSet> => {
  const { permissionSetId: id, expectedVersion } = change;
  return changeAggregate(sets, { viewer, roles: EDITORS, what: PERMISSION_SET, id, expectedVersion }, decide);
};
