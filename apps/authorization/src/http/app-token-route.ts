import type { TokenVerifier } from '@daikaifa/security';
import { addBackendDoor } from '@daikaifa/service';
import type { FastifyInstance } from 'fastify';
import type { UseCases } from '../application/use-cases';

/** `GET /v1/authorizations/:id/app-token` for the provider's own backends: JWT of role BACKEND, never GraphQL. */
export const addAppTokenRoute = (
  server: FastifyInstance,
  { verify, useCases }: { readonly verify: TokenVerifier; readonly useCases: Pick<UseCases, 'fetchAppToken'> },
): void =>
  addBackendDoor<{ Params: { readonly id: string } }>(server, verify, {
    method: 'GET',
    url: '/v1/authorizations/:id/app-token',
    answer: async (viewer, { params }) => {
      const { token, expiresAt } = await useCases.fetchAppToken(viewer, params.id);
      return { accessToken: token, expiresAt: expiresAt.toISOString() };
    },
  });
