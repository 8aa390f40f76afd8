import { text } from '@daikaifa/kernel';
import { BASIC_PERMISSIONS } from './basic-permissions';
import type { BasicPermission, CustomPermission, PermissionGroup, Remark } from './catalogue';
import { CUSTOM_PERMISSION_GROUPS } from './custom-permissions';

export interface PermissionCatalogue {
  /** Rises with every change of the data; clients may keep what they have read of a version. */
  readonly version: string;
  readonly basic: readonly BasicPermission[];
  readonly groups: readonly PermissionGroup[];
}

export const CATALOGUE: PermissionCatalogue = {
  version: '2026-07',
  basic: BASIC_PERMISSIONS,
  groups: CUSTOM_PERMISSION_GROUPS,
};

/** As a person sees a permission: with its names, or raw where the catalogue does not have it. */
export interface NamedPermission extends CustomPermission {
  readonly isKnown: boolean;
}

const byId: ReadonlyMap<string, CustomPermission> = new Map(
  CUSTOM_PERMISSION_GROUPS.flatMap(({ permissions }) => permissions.map((permission) => [permission.id, permission])),
);
const basicIds: ReadonlySet<string> = new Set(BASIC_PERMISSIONS.map(({ id }) => id));

export const findPermission = (id: string): CustomPermission | null => byId.get(id) ?? null;

export const isBasic = (id: string): boolean => basicIds.has(id);

/** WeCom adds codes without notice: one that is not known yet is shown as it came. */
export const namedPermission = (id: string): NamedPermission => {
  const known = findPermission(id);
  return known === null
    ? { id, code: id, name: text(id, id), remarks: [], apis: [], isKnown: false }
    : { ...known, isKnown: true };
};

export const hasRemark = (id: string, remark: Remark): boolean => findPermission(id)?.remarks.includes(remark) ?? false;

/** Codes that take effect only after the corp's admin has confirmed a second time. */
export const needsSecondConfirmation = (id: string): boolean => hasRemark(id, 'SECOND_CONFIRMATION');
