import { performance } from 'node:perf_hooks';
import { ApolloGateway } from '@apollo/gateway';
import { ApolloServer } from '@apollo/server';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import { createErrorFormatter, errorResult, graphqlServerDefaults, inGraphqlRequest } from '@daikaifa/graphql';
import { AppError, text, type Viewer } from '@daikaifa/kernel';
import { CORRELATION_HEADER, type Logger } from '@daikaifa/observability';
import { createTokenVerifier, signIdentity } from '@daikaifa/security';
import type { FastifyPluginAsync, FastifyRequest, RouteOptions } from 'fastify';
import { disableVendorTelemetry, type GatewayConfig } from './config';
import { operationLimits } from './operation-limits';
import { resolveOperation } from './persisted-operations';
import type { GatewayContext, SubgraphClient } from './subgraph-client';

const MAX_VALIDATION_ERRORS = 10;

interface GraphqlDoorOptions {
  readonly config: GatewayConfig;
  readonly logger: Logger;
  readonly supergraphSdl: string;
  readonly operations: ReadonlyMap<string, string>;
  readonly clients: ReadonlyMap<string, SubgraphClient>;
}

interface Admitted {
  readonly viewer: Viewer;
  readonly deadlineMs: number;
}

const createServer = async (options: GraphqlDoorOptions, formatError: ReturnType<typeof createErrorFormatter>) => {
  const { config, logger, clients } = options;
  disableVendorTelemetry();
  const gateway = new ApolloGateway({
    supergraphSdl: options.supergraphSdl,
    logger,
    debug: false,
    __exposeQueryPlanExperimental: false,
    validateSupergraph: true,
    buildService: ({ name }) => {
      const client = clients.get(name);
      if (client === undefined) {
        throw new Error(`no client for the subgraph ${name}`);
      }
      return client;
    },
  });
  const defaults = graphqlServerDefaults({ logger, introspection: config.introspection, formatError });
  const server = new ApolloServer<GatewayContext>({
    ...defaults,
    gateway,
    parseOptions: { maxTokens: config.limits.tokens },
    validationOptions: { maxErrors: MAX_VALIDATION_ERRORS },
    plugins: [...defaults.plugins, operationLimits(config.limits)],
  });
  await server.start();
  return server;
};

const tokenVerifierOf = ({ tokens, environment }: GatewayConfig) =>
  createTokenVerifier({
    issuer: tokens.issuer,
    audience: tokens.audience,
    jwksUrl: tokens.jwksUrl,
    developmentSecret: tokens.developmentSecret?.reveal(),
    environment,
  });

const methodRefused = (): AppError =>
  new AppError('BAD_USER_INPUT', text('GraphQL 仅接受 POST', 'GraphQL is served by POST only'), {
    details: { status: 405, reason: 'METHOD' },
  });

/**
 * The public GraphQL door, `POST /graphql`: JWT verified before the body is read, limits, one time limit for the whole
 * operation, and the caller's identity signed anew for the subgraphs.
 */
export const graphqlDoor =
  (options: GraphqlDoorOptions): FastifyPluginAsync =>
  async (fastify) => {
    const { config, logger } = options;
    const formatError = createErrorFormatter({ logger, forwardsSubgraphErrors: true });
    const server = await createServer(options, formatError);
    fastify.addHook('onClose', () => server.stop());

    const verifyToken = tokenVerifierOf(config);
    const admitted = new WeakMap<FastifyRequest, Admitted>();
    const handle = fastifyApolloHandler(server, {
      context: async (request, reply): Promise<GatewayContext> => {
        const known = admitted.get(request as FastifyRequest);
        if (known === undefined) {
          throw new Error('a GraphQL request reached its handler without a viewer');
        }
        const correlationId = String(reply.getHeader(CORRELATION_HEADER));
        const identity = await signIdentity(known.viewer, config.identity.secret.reveal(), { correlationId });
        return { identity, correlationId, deadlineMs: known.deadlineMs };
      },
    });
    const errorHandler: RouteOptions['errorHandler'] = (error, _request, reply) => {
      const { status, body } = errorResult(formatError, error);
      return reply.code(status).send(body);
    };
    fastify.route({
      method: 'POST',
      url: '/graphql',
      bodyLimit: config.limits.bodyBytes,
      onRequest: async (request) => {
        const deadlineMs = performance.now() + config.limits.operationTimeoutMs;
        admitted.set(request, { viewer: await verifyToken(request.headers.authorization), deadlineMs });
      },
      preHandler: async (request) => {
        request.body = resolveOperation(request.body, { operations: options.operations, mode: config.operations.mode });
      },
      handler: (request, reply) => inGraphqlRequest(request, async () => handle.call(fastify, request, reply)),
      errorHandler,
    });
    fastify.route({
      method: ['GET', 'PUT', 'PATCH', 'DELETE'],
      url: '/graphql',
      onRequest: async (_request, reply) => {
        reply.header('allow', 'POST');
        throw methodRefused();
      },
      handler: async () => undefined,
      errorHandler,
    });
  };
