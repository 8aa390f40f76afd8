export { ownEnvironment, startService } from './service-process';
export { graphqlOf, must, type Graphql, type GraphqlAnswer, type GraphqlFault } from './graphql-calls';
export { clientOf, createPublisher, watchTopic, type OnKafka, type Seen } from './topics';
