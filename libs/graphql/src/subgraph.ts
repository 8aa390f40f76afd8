import { ApolloServer } from '@apollo/server';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import { AppError, text, type Viewer } from '@daikaifa/kernel';
import type { Logger } from '@daikaifa/observability';
import { IDENTITY_HEADER, verifyIdentity } from '@daikaifa/security';
import type { FastifyPluginAsync, FastifyRequest } from 'fastify';
import { Kind, parse, type DocumentNode, type GraphQLSchema } from 'graphql';
import { dateTimeScalar } from './date-time';
import { createErrorFormatter, errorResult } from './format-error';
import { graphqlServerDefaults, inGraphqlRequest } from './graphql-server';

const DEFAULT_BODY_LIMIT_BYTES = 4_194_304;

export interface SubgraphOptions<Context extends object> {
  /** The hand-written SDL. */
  readonly sdl: string;
  /** By GraphQL type; DateTime is added when the SDL declares it. */
  readonly resolvers: object;
  /** Made anew for each request: viewer, loaders, use cases. */
  readonly context: (viewer: Viewer, request: FastifyRequest) => Context | Promise<Context>;
  /** Shared with the gateway. */
  readonly identitySecret: string;
  readonly logger: Logger;
  readonly introspection: boolean;
  /** The gateway sends the keys of all entities of a plan step in one body. */
  readonly bodyLimitBytes?: number;
}

const declaresDateTime = (document: DocumentNode): boolean =>
  document.definitions.some(
    (definition) => definition.kind === Kind.SCALAR_TYPE_DEFINITION && definition.name.value === 'DateTime',
  );

const schemaOf = (sdl: string, resolvers: object): GraphQLSchema => {
  const typeDefs = parse(sdl);
  const scalars = declaresDateTime(typeDefs) ? { DateTime: dateTimeScalar } : {};
  return buildSubgraphSchema({ typeDefs, resolvers: { ...scalars, ...resolvers } });
};

const identityOf = async (request: FastifyRequest, secret: string): Promise<Viewer> => {
  const token = request.headers[IDENTITY_HEADER];
  if (typeof token !== 'string' || token === '') {
    throw new AppError(
      'UNAUTHENTICATED',
      text('缺少网关签发的身份', 'The identity that the gateway signs is missing'),
    );
  }
  return verifyIdentity(token, secret);
};

/**
 * A federated subgraph as a Fastify plugin: `POST /graphql`, for the gateway only. Every request, also an
 * introspection, needs the signed identity; without it the answer is 401 UNAUTHENTICATED, before the body is read.
 */
export const createSubgraph =
  <Context extends object>(options: SubgraphOptions<Context>): FastifyPluginAsync =>
  async (fastify) => {
    const { logger, introspection } = options;
    const formatError = createErrorFormatter({ logger });
    const server = new ApolloServer<Context>({
      ...graphqlServerDefaults({ logger, introspection, formatError }),
      schema: schemaOf(options.sdl, options.resolvers),
    });
    await server.start();
    fastify.addHook('onClose', () => server.stop());

    const viewers = new WeakMap<FastifyRequest, Viewer>();
    const handle = fastifyApolloHandler(server, {
      context: async (request) => {
        const viewer = viewers.get(request as FastifyRequest);
        if (viewer === undefined) {
          throw new Error('a GraphQL request reached its handler without an identity');
        }
        return options.context(viewer, request as FastifyRequest);
      },
    });
    fastify.route({
      method: 'POST',
      url: '/graphql',
      bodyLimit: options.bodyLimitBytes ?? DEFAULT_BODY_LIMIT_BYTES,
      onRequest: async (request) => {
        viewers.set(request, await identityOf(request, options.identitySecret));
      },
      handler: (request, reply) => inGraphqlRequest(request, async () => handle.call(fastify, request, reply)),
      errorHandler: (error, _request, reply) => {
        const { status, body } = errorResult(formatError, error);
        return reply.code(status).send(body);
      },
    });
  };
