import type { PermissionGroup } from '../domain/catalogue';
import type { CodeDifference } from '../domain/code-sets';
import type { NamedPermission } from '../domain/permission-catalogue';
import type { EffectiveChange, PermissionExpiry, PermissionRequest, PermissionSet } from '../domain/permission-set';
import type { PermissionSetting } from '../domain/permission-views';

/** What the resolvers of a GraphQL type get: the domain's own objects. */
export type PermissionMapper = NamedPermission;
export type PermissionSettingMapper = PermissionSetting;
export type ExpiringPermissionMapper = PermissionExpiry;
export type PermissionRequestMapper = PermissionRequest;
export type PermissionDifferenceMapper = CodeDifference;
export type PermissionChangeMapper = EffectiveChange;
export type PermissionGroupMapper = PermissionGroup;
export type PermissionSetMapper = PermissionSet;

/** Owned by app-config: here only the key is known. */
export interface CorpAppMapper {
  readonly id: string;
}
