import { subgraphCodegen } from '../../tools/codegen/subgraph-codegen';

export default subgraphCodegen({
  projectRoot: 'apps/template',
  contextType: './context#GraphqlContext',
  mappers: {
    Publisher: './schema.mappers#PublisherMapper',
    DelegatedTemplate: './schema.mappers#DelegatedTemplateMapper',
    TemplateRevision: './schema.mappers#TemplateRevisionMapper',
    Image: './schema.mappers#ImageMapper',
    RuleSet: './schema.mappers#RuleSetMapper',
  },
});
