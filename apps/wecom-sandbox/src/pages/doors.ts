import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ERROR_CODES, isAppError } from '@daikaifa/kernel';
import type { Sandbox } from '../sandbox';
import { perform, type Operation } from '../control/operation';
import { html, type Html } from './html';
import { layout } from './layout';
import { problem } from './parts';

export type Params = Readonly<Record<string, string>>;

/** A form on a page: the same operation as its JSON call, then on to a page. */
export interface Form<Input, Output> {
  readonly path: string;
  readonly operation: Operation<Input, Output>;
  readonly input: (params: Params, typed: URLSearchParams) => unknown;
  readonly next: (output: Output, params: Params, typed: URLSearchParams) => string;
  /** The page again, with what was typed and why it was refused. */
  readonly refused: (params: Params, error: Html, typed: URLSearchParams) => string | Promise<string>;
}

/** How pages are put up. */
export interface Doors {
  page(path: string, show: (params: Params) => string | Promise<string>): void;
  form<Input, Output>(form: Form<Input, Output>): void;
}

const CONTENT_SECURITY_POLICY =
  "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

const send = (reply: FastifyReply, markup: string, status = 200): FastifyReply =>
  reply
    .code(status)
    .header('content-security-policy', CONTENT_SECURITY_POLICY)
    .header('cache-control', 'no-store')
    .type('text/html; charset=utf-8')
    .send(markup);

const sendError = (reply: FastifyReply, error: unknown): FastifyReply => {
  if (!isAppError(error)) {
    throw error;
  }
  const body = html`<div class="narrow"><section class="card center"><h1>${error.text.zh}
    <small class="en">${error.text.en}</small></h1><p><a href="/">返回首页</a></p></section></div>`;
  return send(reply, layout({ title: '无法显示', body }), ERROR_CODES[error.code].httpStatus);
};

/** The form values as an object; a name that comes twice keeps its last value. */
export const valuesOf = (typed: URLSearchParams): Record<string, string> => Object.fromEntries(typed);

/** Addresses that were typed in with `;` between them. */
export const addressesOf = (typed: URLSearchParams): string[] =>
  (typed.get('ips') ?? '')
    .split(';')
    .map((ip) => ip.trim())
    .filter((ip) => ip !== '');

const typedInto = (request: FastifyRequest): URLSearchParams =>
  request.body instanceof URLSearchParams ? request.body : new URLSearchParams();

export const createDoors = (scope: FastifyInstance, sandbox: Sandbox): Doors => {
  scope.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) =>
    done(null, new URLSearchParams(body as string)),
  );

  return {
    page: (path, show) => {
      scope.get(path, async (request, reply) => {
        try {
          return send(reply, await show(request.params as Params));
        } catch (error) {
          return sendError(reply, error);
        }
      });
    },
    form: ({ path, operation, input, next, refused }) => {
      scope.post(path, async (request, reply) => {
        const params = request.params as Params;
        const typed = typedInto(request);
        try {
          const output = await perform(operation, sandbox, input(params, typed));
          return await reply.redirect(next(output, params, typed), 303);
        } catch (error) {
          try {
            return send(reply, await refused(params, problem(error), typed), 422);
          } catch (second) {
            return sendError(reply, second);
          }
        }
      });
    },
  };
};
