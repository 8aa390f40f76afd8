import { subgraphCodegen } from '../../tools/codegen/subgraph-codegen';

export default subgraphCodegen({
  projectRoot: 'apps/permission',
  contextType: './context#GraphqlContext',
  mappers: {
    CorpApp: './schema.mappers#CorpAppMapper',
    Permission: './schema.mappers#PermissionMapper',
    PermissionSetting: './schema.mappers#PermissionSettingMapper',
    ExpiringPermission: './schema.mappers#ExpiringPermissionMapper',
    PermissionRequest: './schema.mappers#PermissionRequestMapper',
    PermissionDifference: './schema.mappers#PermissionDifferenceMapper',
    PermissionChange: './schema.mappers#PermissionChangeMapper',
    PermissionGroup: './schema.mappers#PermissionGroupMapper',
    PermissionSet: './schema.mappers#PermissionSetMapper',
  },
});
