import { subgraphCodegen } from '../../tools/codegen/subgraph-codegen';

export default subgraphCodegen({
  projectRoot: 'apps/callback',
  contextType: './context#GraphqlContext',
  mappers: {
    DelegatedTemplate: './schema.mappers#DelegatedTemplateMapper',
    CallbackEndpoint: './schema.mappers#CallbackEndpointMapper',
    EndpointHealth: './schema.mappers#EndpointHealthMapper',
    Refusal: './schema.mappers#RefusalMapper',
    Receipt: './schema.mappers#ReceiptMapper',
    Destination: './schema.mappers#DestinationMapper',
    DeliveryCounts: './schema.mappers#DeliveryCountsMapper',
    Delivery: './schema.mappers#DeliveryMapper',
    Publisher: './schema.mappers#PublisherMapper',
    CorpApp: './schema.mappers#CorpAppMapper',
  },
});
