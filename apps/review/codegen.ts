import { subgraphCodegen } from '../../tools/codegen/subgraph-codegen';

export default subgraphCodegen({
  projectRoot: 'apps/review',
  contextType: './context#GraphqlContext',
  mappers: {
    DelegatedTemplate: './schema.mappers#DelegatedTemplateMapper',
    CorpApp: './schema.mappers#CorpAppMapper',
    Publisher: './schema.mappers#PublisherMapper',
    ReviewItem: './schema.mappers#ReviewItemMapper',
    ReviewTicket: './schema.mappers#ReviewTicketMapper',
    ReviewSnapshot: './schema.mappers#ReviewSnapshotMapper',
  },
});
