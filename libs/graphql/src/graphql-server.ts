import { performance } from 'node:perf_hooks';
import type { ApolloServerPlugin, BaseContext } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { counter, histogram, startSpan, type Logger } from '@daikaifa/observability';
import type { FastifyRequest } from 'fastify';
import type { ErrorFormatter } from './format-error';

const requests = counter('graphql_requests_total', 'GraphQL requests by kind of operation and first error code');
const duration = histogram('graphql_request_duration_seconds', 'time to answer a GraphQL request', 's');

/** Counts each request and its time. Operation names are the client's choice and therefore no label. */
export const operationMetrics = (): ApolloServerPlugin<BaseContext> => ({
  requestDidStart: async () => {
    const startedAt = performance.now();
    return {
      willSendResponse: async ({ operation, response }) => {
        const errors = response.body.kind === 'single' ? response.body.singleResult.errors : undefined;
        const labels = {
          operation: operation?.operation ?? 'none',
          code: errors === undefined || errors.length === 0 ? 'OK' : String(errors[0]?.extensions?.['code']),
        };
        requests.add(1, labels);
        duration.record((performance.now() - startedAt) / 1000, labels);
      },
    };
  },
});

interface ServerDefaultsOptions {
  readonly logger: Logger;
  readonly introspection: boolean;
  readonly formatError: ErrorFormatter;
}

/**
 * Apollo Server options that every GraphQL door of the product has: no landing page, no reports to a vendor, no
 * batches, no persisted queries, no stack traces, nothing that depends on NODE_ENV.
 */
export const graphqlServerDefaults = ({ logger, introspection, formatError }: ServerDefaultsOptions) => ({
  introspection,
  formatError,
  logger,
  hideSchemaDetailsFromClientErrors: !introspection,
  includeStacktraceInErrorResponses: false,
  allowBatchedHttpRequests: false,
  csrfPrevention: true,
  persistedQueries: false as const,
  stopOnTerminationSignals: false,
  nodeEnv: 'production',
  plugins: [
    ApolloServerPluginLandingPageDisabled(),
    ApolloServerPluginUsageReportingDisabled(),
    ApolloServerPluginSchemaReportingDisabled(),
    ApolloServerPluginInlineTraceDisabled(),
    ApolloServerPluginCacheControlDisabled(),
    operationMetrics(),
  ],
});

const operationNameOf = (body: unknown): Record<string, string> => {
  const name = typeof body === 'object' && body !== null && 'operationName' in body ? body.operationName : undefined;
  return typeof name === 'string' ? { 'graphql.operation.name': name.slice(0, 128) } : {};
};

/** Runs the handling of one request in a span of its own, within that of the HTTP request. */
export const inGraphqlRequest = <T>(request: FastifyRequest, fn: () => Promise<T>): Promise<T> =>
  startSpan('graphql.operation', { attributes: operationNameOf(request.body) }, fn);
