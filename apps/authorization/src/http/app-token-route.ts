import type { TokenVerifier } from '@daikaifa/security';
import type { FastifyInstance } from 'fastify';
import type { UseCases } from '../application/use-cases';

interface Params {
  readonly id: string;
}

/** `GET /v1/authorizations/:id/app-token` for the provider's own backends: JWT of role BACKEND, never GraphQL. */
export const addAppTokenRoute = (
  server: FastifyInstance,
  { verify, useCases }: { readonly verify: TokenVerifier; readonly useCases: Pick<UseCases, 'fetchAppToken'> },
): void => {
  server.get<{ Params: Params }>('/v1/authorizations/:id/app-token', async (request, reply) => {
    // Also refusals must not be kept by anybody on the way.
    void reply.header('cache-control', 'no-store');
    const viewer = await verify(request.headers.authorization);
    const { token, expiresAt } = await useCases.fetchAppToken(viewer, request.params.id);
    return { accessToken: token, expiresAt: expiresAt.toISOString() };
  });
};
