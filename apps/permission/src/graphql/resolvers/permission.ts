import { REMARKS } from '../../domain/catalogue';
import { namedPermission } from '../../domain/permission-catalogue';
import { WAITING_MARKS } from '../../domain/permission-views';
import type {
  ExpiringPermissionResolvers,
  PermissionChangeResolvers,
  PermissionDifferenceResolvers,
  PermissionGroupResolvers,
  PermissionRequestResolvers,
  PermissionResolvers,
  PermissionSettingResolvers,
} from '../schema.generated';

export const Permission: PermissionResolvers = {
  remarks: ({ remarks }) => remarks.map((remark) => ({ remark, text: REMARKS[remark] })),
};

export const PermissionGroup: PermissionGroupResolvers = {
  permissions: ({ permissions }) => permissions.map(({ id }) => namedPermission(id)),
};

export const PermissionSetting: PermissionSettingResolvers = {
  mark: ({ waitingFor }) => waitingFor && WAITING_MARKS[waitingFor],
};

export const ExpiringPermission: ExpiringPermissionResolvers = {
  permission: ({ code }) => namedPermission(code),
};

export const PermissionDifference: PermissionDifferenceResolvers = {
  added: ({ added }) => added.map(namedPermission),
  removed: ({ removed }) => removed.map(namedPermission),
};

export const PermissionRequest: PermissionRequestResolvers = {
  permissions: ({ codes, personItems }) => [...codes, ...personItems].map(namedPermission),
};

export const PermissionChange: PermissionChangeResolvers = {
  added: ({ added }) => added.map(namedPermission),
  removed: ({ removed }) => removed.map(namedPermission),
};
