import type { FastifyInstance } from 'fastify';
import type { UseCases } from '../application/use-cases';
import type { Logos } from './logos';
import { qrPng, qrSvg } from './qr-picture';

/** A renewed URL, or a revoked link, is seen after this time at the latest. */
const CACHE_CONTROL = 'public, max-age=60';

interface Params {
  readonly id: string;
}

export const picturePath = (linkId: string, format: 'png' | 'svg'): string => `/v1/links/${linkId}/qr.${format}`;

/** The QR codes that corps scan: public, unsigned, under an address that never changes, always the current URL. */
export const addQrRoutes = (
  server: FastifyInstance,
  { useCases, logos }: { readonly useCases: Pick<UseCases, 'findPublicLink'>; readonly logos: Logos },
): void => {
  const find = async (linkId: string) => {
    const { url, logoSha256 } = await useCases.findPublicLink(linkId);
    return { url, logo: await logos.find(logoSha256) };
  };
  server.get<{ Params: Params }>(picturePath(':id', 'png'), async (request, reply) => {
    const { url, logo } = await find(request.params.id);
    const picture = await qrPng(url, logo);
    return reply.type('image/png').header('cache-control', CACHE_CONTROL).send(picture);
  });
  server.get<{ Params: Params }>(picturePath(':id', 'svg'), async (request, reply) => {
    const { url, logo } = await find(request.params.id);
    const picture = await qrSvg(url, logo);
    return reply.type('image/svg+xml').header('cache-control', CACHE_CONTROL).send(picture);
  });
};
