import type { Resolvers } from '../schema.generated';
import { CorpApp } from './corp-app';
import { Mutation } from './mutation';
import {
  ExpiringPermission,
  Permission,
  PermissionChange,
  PermissionDifference,
  PermissionGroup,
  PermissionRequest,
  PermissionSetting,
} from './permission';
import { PermissionSet } from './permission-set';
import { Query } from './query';

export const resolvers: Resolvers = {
  Query,
  Mutation,
  CorpApp,
  PermissionSet,
  Permission,
  PermissionGroup,
  PermissionSetting,
  PermissionDifference,
  PermissionRequest,
  PermissionChange,
  ExpiringPermission,
};
