export { createSubgraph, type SubgraphOptions } from './subgraph';
export { createErrorFormatter, errorResult, type ErrorFormatter, type ErrorFormatterOptions } from './format-error';
export { graphqlServerDefaults, inGraphqlRequest, operationMetrics } from './graphql-server';
export { pageOfHistory, pageRequest, toConnection, type Connection, type PageArguments, type PageLimits } from './pages';
export { createLoader, type Loader } from './loader';
export { dateTimeScalar } from './date-time';
