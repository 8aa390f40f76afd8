import type { ConfigOf, tokenSettings } from '@daikaifa/config';
import type { Clock, Viewer } from '@daikaifa/kernel';
import { createTokenVerifier, type Environment, type TokenVerifier } from '@daikaifa/security';
import type { FastifyInstance, FastifyRequest, RouteGenericInterface } from 'fastify';

/** How the JWTs of backends are verified, by the settings of the service. */
export const tokenVerifierOf = (
  config: { readonly tokens: ConfigOf<ReturnType<typeof tokenSettings>>; readonly environment: Environment },
  clock: Clock,
): TokenVerifier => {
  const { developmentSecret, ...trusted } = config.tokens;
  const { environment } = config;
  return createTokenVerifier({ ...trusted, developmentSecret: developmentSecret?.reveal(), environment, clock });
};

export interface BackendDoor<Route extends RouteGenericInterface> {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly bodyLimitBytes?: number;
  /** Authorises by itself: the door only knows who asks. */
  readonly answer: (viewer: Viewer, request: FastifyRequest<Route>) => Promise<object>;
}

/**
 * A plain HTTP door for the publishers' own backends: JWT in, JSON out, never GraphQL. Who has no valid token gets 401
 * before the body is read; no answer, also no refusal, may be kept by anybody on the way.
 */
export const addBackendDoor = <Route extends RouteGenericInterface = RouteGenericInterface>(
  server: FastifyInstance,
  verify: TokenVerifier,
  { method, url, bodyLimitBytes, answer }: BackendDoor<Route>,
): void => {
  const viewers = new WeakMap<object, Viewer>();
  server.route({
    method,
    url,
    ...(bodyLimitBytes !== undefined && { bodyLimit: bodyLimitBytes }),
    onRequest: async (request, reply) => {
      void reply.header('cache-control', 'no-store');
      viewers.set(request, await verify(request.headers.authorization));
    },
    handler: async (request, reply) => {
      const viewer = viewers.get(request);
      if (viewer === undefined) {
        throw new Error('a backend reached its door without a verified token');
      }
      return reply.send(await answer(viewer, request as unknown as FastifyRequest<Route>));
    },
  });
};
