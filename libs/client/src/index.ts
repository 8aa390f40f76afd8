export {
  createClient,
  OperationRefused,
  type Client,
  type ClientOptions,
  type GraphqlError,
  type Operation,
  type Text,
  type Violation,
} from './client';
export * as operations from './generated/graphql';
export { default as persistedDocuments } from './generated/persisted-documents.json';
