import { subgraphCodegen } from '../../tools/codegen/subgraph-codegen';

export default subgraphCodegen({
  projectRoot: 'apps/authorization',
  contextType: './context#GraphqlContext',
  mappers: {
    Publisher: './schema.mappers#PublisherMapper',
    DelegatedTemplate: './schema.mappers#DelegatedTemplateMapper',
    ProviderCredentials: './schema.mappers#ProviderCredentialsMapper',
    Suite: './schema.mappers#SuiteMapper',
    AuthorizationLink: './schema.mappers#AuthorizationLinkMapper',
    Authorization: './schema.mappers#AuthorizationMapper',
    AuthorizationEpoch: './schema.mappers#AuthorizationEpochMapper',
    Observation: './schema.mappers#ObservationMapper',
    Corp: './schema.mappers#CorpMapper',
    Exchange: './schema.mappers#ExchangeMapper',
    ErasureRecord: './schema.mappers#ErasureRecordMapper',
    ServiceErasure: './schema.mappers#ServiceErasureMapper',
    BatchScan: './schema.mappers#BatchScanMapper',
    ScanAnswer: './schema.mappers#ScanAnswerMapper',
    Reconciliation: './schema.mappers#ReconciliationMapper',
    TokenDoorEntry: './schema.mappers#TokenDoorEntryMapper',
  },
});
