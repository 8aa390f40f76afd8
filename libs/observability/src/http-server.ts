import { randomUUID } from 'node:crypto';
import { context, propagation, SpanKind, SpanStatusCode, trace, type Context, type Span } from '@opentelemetry/api';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { AppError, ERROR_CODES, isAppError } from '@daikaifa/kernel';
import { withCorrelation } from './correlation';
import type { Logger } from './logger';
import type { Telemetry } from './telemetry';
import { histogram } from './telemetry';

export const CORRELATION_HEADER = 'x-correlation-id';

const READINESS_TIMEOUT_MS = 2000;
const SAFE_CORRELATION_ID = /^[\w.:-]{1,128}$/;

export interface HttpServerOptions {
  readonly service: string;
  readonly logger: Logger;
  readonly telemetry?: Telemetry;
  /** Each throws while its dependency is missing. Only what this process' roles need. */
  readonly readiness?: Readonly<Record<string, () => Promise<void>>>;
  readonly bodyLimitBytes?: number;
}

const requestDuration = histogram('http_server_request_duration_seconds', 'time to answer an HTTP request', 's');

interface Cause {
  readonly correlationId: string;
  readonly context: Context;
  readonly span: Span;
}

const causes = new WeakMap<FastifyRequest, Cause>();

const continueIn = (cause: Cause, done: () => void): void =>
  withCorrelation(cause.correlationId, () => context.with(cause.context, done));

const correlationOf = (request: FastifyRequest): string => {
  const given = request.headers[CORRELATION_HEADER];
  return typeof given === 'string' && SAFE_CORRELATION_ID.test(given) ? given : randomUUID();
};

// Query strings may hold signatures and tickets: only the path is logged.
const pathOf = (request: FastifyRequest): string => request.routeOptions.url ?? request.url.split('?')[0] ?? '';

const isQuiet = (request: FastifyRequest): boolean => {
  const path = pathOf(request);
  return path.startsWith('/health/') || path === '/metrics';
};

const withinTime = async (name: string, check: () => Promise<void>): Promise<void> => {
  let timer: NodeJS.Timeout | undefined;
  try {
    await Promise.race([
      check(),
      new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Error(`${name} did not answer in time`)), READINESS_TIMEOUT_MS);
      }),
    ]);
  } finally {
    clearTimeout(timer);
  }
};

const addHealthRoutes = (server: FastifyInstance, options: HttpServerOptions): void => {
  server.get('/health/live', async () => ({ status: 'live' }));
  server.get('/health/ready', async (_request, reply) => {
    const checks = Object.entries(options.readiness ?? {});
    const results = await Promise.allSettled(checks.map(([name, check]) => withinTime(name, check)));
    const missing = checks.map(([name]) => name).filter((_, index) => results[index]?.status === 'rejected');
    return reply.code(missing.length === 0 ? 200 : 503).send({ status: missing.length === 0 ? 'ready' : 'not-ready', missing });
  });
  server.get('/metrics', async (_request, reply) =>
    reply.type('text/plain; version=0.0.4').send((await options.telemetry?.metricsText()) ?? ''),
  );
};

const addRequestHooks = (server: FastifyInstance, options: HttpServerOptions): void => {
  server.addHook('onRequest', (request, reply, done) => {
    const correlationId = correlationOf(request);
    void reply.header(CORRELATION_HEADER, correlationId);
    const parent = propagation.extract(context.active(), request.headers);
    const span = trace
      .getTracer('daikaifa')
      .startSpan(`${request.method} ${pathOf(request)}`, { kind: SpanKind.SERVER }, parent);
    const cause = { correlationId, context: trace.setSpan(parent, span), span };
    causes.set(request, cause);
    continueIn(cause, done);
  });
  // A body is read from the socket's events, which know nothing of the hook above: enter again after it.
  server.addHook('preValidation', (request, _reply, done) => {
    const cause = causes.get(request);
    return cause === undefined ? done() : continueIn(cause, done);
  });
  server.addHook('onResponse', (request, reply, done) => {
    const span = causes.get(request)?.span;
    span?.setAttribute('http.response.status_code', reply.statusCode);
    if (reply.statusCode >= 500) {
      span?.setStatus({ code: SpanStatusCode.ERROR });
    }
    span?.end();
    const labels = { method: request.method, route: pathOf(request), status: reply.statusCode };
    requestDuration.record(reply.elapsedTime / 1000, labels);
    if (!isQuiet(request)) {
      const fields = { 'http.method': labels.method, 'http.route': labels.route, 'http.status': labels.status };
      options.logger.info({ ...fields, 'http.durationMs': Math.round(reply.elapsedTime) }, 'request answered');
    }
    done();
  });
};

const asAppError = (error: unknown): AppError => {
  if (isAppError(error)) {
    return error;
  }
  const status = (error as { statusCode?: number }).statusCode;
  if (status !== undefined && status >= 400 && status < 500) {
    const en = (error as Error).message;
    return new AppError('BAD_USER_INPUT', { zh: `请求无效：${en}`, en }, { cause: error, details: { status } });
  }
  return new AppError('INTERNAL_SERVER_ERROR', { zh: '内部错误', en: 'Internal error' }, { cause: error });
};

/** The JSON body of a refused HTTP call. */
const errorBody = (error: AppError, correlationId: string | undefined): Record<string, unknown> => ({
  code: error.code,
  message: error.text,
  violations: error.violations,
  details: ERROR_CODES[error.code].isPublic ? error.details : {},
  correlationId,
});

const addErrorHandling = (server: FastifyInstance, logger: Logger): void => {
  server.setErrorHandler((error: unknown, request: FastifyRequest, reply: FastifyReply) => {
    const known = asAppError(error);
    const { logLevel, httpStatus } = ERROR_CODES[known.code];
    logger[logLevel]({ err: error, 'http.route': pathOf(request), code: known.code }, 'request failed');
    const status = typeof known.details['status'] === 'number' ? known.details['status'] : httpStatus;
    return reply.code(status).send(errorBody(known, causes.get(request)?.correlationId));
  });
  server.setNotFoundHandler((request) => {
    throw new AppError('NOT_FOUND', { zh: '没有这个地址', en: `No such address: ${request.method} ${pathOf(request)}` });
  });
};

const CLOSE_IDLE_EVERY_MS = 50;

/**
 * What is idle when the server closes is closed with it. A connection whose request is under way then falls idle later,
 * and would hold up the end of the process for as long as the other side keeps it alive.
 */
const closeWhatFallsIdle = (server: FastifyInstance): void => {
  server.addHook('preClose', async () => {
    const timer = setInterval(() => server.server.closeIdleConnections(), CLOSE_IDLE_EVERY_MS).unref();
    server.server.once('close', () => clearInterval(timer));
  });
};

/**
 * The HTTP server of every process: correlation id and trace context in and out, one log line per request,
 * one error shape, `/health/live`, `/health/ready` (503 names what is missing) and `/metrics`.
 */
export const createHttpServer = (options: HttpServerOptions): FastifyInstance => {
  const server = fastify({
    logger: false,
    bodyLimit: options.bodyLimitBytes ?? 1_048_576,
    forceCloseConnections: 'idle',
    requestTimeout: 60_000,
    routerOptions: { maxParamLength: 256 },
  });
  closeWhatFallsIdle(server);
  addRequestHooks(server, options);
  addErrorHandling(server, options.logger);
  addHealthRoutes(server, options);
  return server;
};

/** @returns the address that was bound, without a trailing slash */
export const listen = async (server: FastifyInstance, where: { readonly host: string; readonly port: number }): Promise<string> => {
  await server.listen({ host: where.host, port: where.port });
  const address = server.server.address();
  const port = typeof address === 'object' && address !== null ? address.port : where.port;
  return `http://${where.host}:${port}`;
};
