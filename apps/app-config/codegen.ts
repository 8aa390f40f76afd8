import { subgraphCodegen } from '../../tools/codegen/subgraph-codegen';

export default subgraphCodegen({
  projectRoot: 'apps/app-config',
  contextType: './context#GraphqlContext',
  mappers: {
    CorpApp: './schema.mappers#CorpAppMapper',
    CorpAppRevision: './schema.mappers#CorpAppRevisionMapper',
    CorpAppLogo: './schema.mappers#CorpAppLogoMapper',
    CorpAppRuleSet: './schema.mappers#CorpAppRuleSetMapper',
    Drift: './schema.mappers#DriftMapper',
    DelegatedTemplate: './schema.mappers#DelegatedTemplateMapper',
    Authorization: './schema.mappers#AuthorizationMapper',
  },
});
