import type { IncomingMessage } from 'node:http';
import { AppError, text } from '@daikaifa/kernel';
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import type { UseCases } from '../application/use-cases';
import type { EndpointKind } from '../domain/endpoint';
import type { RefusalReason } from '../domain/refusal';
import { EMPTY_BODY, readRawBody, type RawBody } from './raw-body';

/** What the other side learns of a refusal. */
const STATUSES: Readonly<Record<RefusalReason, number>> = {
  ENVELOPE: 400,
  RECEIVE_ID: 400,
  SIGNATURE: 403,
  AES: 403,
  UNKNOWN_ENDPOINT: 404,
  TOO_LARGE: 413,
};

interface Route {
  readonly Params: { readonly endpointId: string };
  readonly Querystring: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** Our parameters among whatever else the URL holds. A base64 `+` that nobody encoded arrives as a space. */
const parameters = <Name extends string>(
  request: FastifyRequest<Route>,
  names: readonly Name[],
): Readonly<Record<Name, string>> | null => {
  const found = names.map((name): [Name, unknown] => [name, request.query[name]]);
  return found.every((one): one is [Name, string] => typeof one[1] === 'string' && one[1] !== '')
    ? (Object.fromEntries(found.map(([name, value]) => [name, value.replaceAll(' ', '+')])) as Record<Name, string>)
    : null;
};

const PATHS: ReadonlyArray<readonly [EndpointKind, string]> = [
  ['SUITE', '/callback/suite/:endpointId'],
  ['APP', '/callback/app/:endpointId'],
];

/** Anything but `success` is an error message to WeCom where a suite is concerned, and a reply to a member of an app. */
const bodyOf = (answer: { readonly class: 'SUITE' | 'APP' | 'SYSTEM' }): string => (answer.class === 'APP' ? '' : 'success');

const SIGNED = ['msg_signature', 'timestamp', 'nonce'] as const;

const refuse = (reply: FastifyReply, reason: RefusalReason): FastifyReply =>
  reply.code(STATUSES[reason]).type('text/plain; charset=utf-8').send('refused');

const unavailable = (): AppError =>
  new AppError('UNAVAILABLE', text('暂时无法接收回调', 'Callbacks cannot be received at the moment'));

/**
 * The public door for WeCom: `GET` verifies the URL, `POST` delivers an event. Nothing but the status tells why a
 * request was refused; the reason stands in the journal of the endpoint.
 */
export const ingressRoutes =
  (
    { answerVerification, acceptEvent }: Pick<UseCases, 'answerVerification' | 'acceptEvent'>,
    limits: { readonly maxBodyBytes: number },
  ): FastifyPluginAsync =>
  async (fastify) => {
    fastify.removeAllContentTypeParsers();
    fastify.addContentTypeParser('*', (_request: FastifyRequest, payload: IncomingMessage) =>
      readRawBody(payload, limits.maxBodyBytes),
    );

    const arrivals = new WeakMap<FastifyRequest, number>();
    fastify.addHook('onRequest', async (request, reply) => {
      arrivals.set(request, performance.now());
      void reply.header('x-content-type-options', 'nosniff').header('cache-control', 'no-store');
    });
    const arrivalOf = (request: FastifyRequest): number => arrivals.get(request) ?? performance.now();

    for (const [kind, path] of PATHS) {
      fastify.get<Route>(path, async (request, reply) => {
        const query = parameters(request, [...SIGNED, 'echostr']);
        const answer = await answerVerification({
          endpointId: request.params.endpointId,
          kind,
          signed: query && {
            msgSignature: query.msg_signature,
            timestamp: query.timestamp,
            nonce: query.nonce,
            encrypt: query.echostr,
          },
          remoteAddress: request.ip,
          arrivedAt: arrivalOf(request),
        });
        return answer.kind === 'REFUSED'
          ? refuse(reply, answer.reason)
          : reply.type('text/plain').send(answer.plaintext);
      });

      fastify.post<Route>(path, async (request, reply) => {
        const query = parameters(request, SIGNED);
        const { bytes, sizeBytes, tooLarge } = (request.body as RawBody | undefined) ?? EMPTY_BODY;
        const answer = await acceptEvent({
          endpointId: request.params.endpointId,
          kind,
          query: query && { msgSignature: query.msg_signature, timestamp: query.timestamp, nonce: query.nonce },
          body: bytes,
          sizeBytes,
          tooLarge,
          remoteAddress: request.ip,
          arrivedAt: arrivalOf(request),
        });
        switch (answer.kind) {
          case 'ACCEPTED':
            return reply.type('text/plain').send(bodyOf(answer));
          case 'REFUSED':
            return refuse(reply, answer.reason);
          case 'UNAVAILABLE':
            throw unavailable();
        }
      });
    }
  };
